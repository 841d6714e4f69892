"""The peer's tables: the columns, keys and indexes that the product's step writes, without its
checks.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Index, Q
from django_fsm import FSMField, transition
from django_fsm_log.decorators import fsm_log_by

OPEN = Q(closed_at__isnull=True)
WAITING = Q(state__in=("queued", "sending"))


def _among(rows: Q, name: str, *fields: str) -> Index:
    """An index of some rows alone."""
    return Index(fields=fields, name=name, condition=rows)


class Person(models.Model):
    email = models.CharField(max_length=200, unique=True)


class Draft(models.Model):
    reference = models.CharField(max_length=40, unique=True)
    state = FSMField(default="proposed")
    stage = models.CharField(max_length=40, default="initiative")
    visibility = models.CharField(max_length=10, default="internal")
    version = models.IntegerField(default=1)
    titles = models.JSONField(default=dict)

    class Meta:
        indexes = (
            Index(fields=("stage", "id", "visibility"), name="draft_stage"),
            Index(fields=("visibility", "id"), name="draft_visibility"),
        )

    @fsm_log_by
    @transition(field=state, source="proposed", target="concept")
    def open_concept(self, **_by):
        self.stage = "concept"
        self.version += 1


class Duty(models.Model):
    draft = models.ForeignKey(Draft, models.PROTECT)
    kind = models.CharField(max_length=40)
    body = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    zone = models.CharField(max_length=40)
    calendar = models.CharField(max_length=40)
    counted_from = models.DateField(null=True)
    counted_days = models.IntegerField(null=True)
    next_reminder_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            _among(OPEN, "open_kind", "kind", "due_on"),
            _among(OPEN, "open_seat", "body", "role", "due_on"),
            _among(
                OPEN & Q(counted_from__isnull=False),
                "open_counted",
                *("calendar", "counted_from", "counted_days", "due_on"),
            ),
            _among(
                OPEN & Q(next_reminder_at__isnull=False),
                "next_reminder",
                *("next_reminder_at", "id"),
            ),
        )


class Notice(models.Model):
    event = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.PROTECT, db_index=False)
    channel = models.CharField(max_length=10)
    draft = models.ForeignKey(Draft, models.PROTECT)
    reasons = models.JSONField()
    language = models.CharField(max_length=10)
    facts = models.JSONField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    message_id = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("event", "name", "person", "channel"), name="once"),
        )
        indexes = (
            _among(WAITING, "waiting", "due_at", "id", "person"),
            _among(Q(read_at__isnull=True), "unread", "person", "id"),
        )
