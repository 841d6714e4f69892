"""The peer's tables: the columns, keys and indexes of the product's, without its checks."""

from __future__ import annotations

from django.db import models
from django_fsm import FSMField, transition
from django_fsm_log.decorators import fsm_log_by


class Person(models.Model):
    email = models.CharField(max_length=200, unique=True)


class Draft(models.Model):
    reference = models.CharField(max_length=40, unique=True)
    state = FSMField(default="proposed")
    stage = models.CharField(max_length=40, default="initiative")
    version = models.IntegerField(default=1)
    titles = models.JSONField(default=dict)

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
    next_reminder_at = models.DateTimeField(null=True, db_index=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("body", "role", "due_on")),)


class Notice(models.Model):
    event = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.PROTECT)
    channel = models.CharField(max_length=10)
    draft = models.ForeignKey(Draft, models.PROTECT)
    reasons = models.JSONField()
    language = models.CharField(max_length=10)
    facts = models.JSONField()
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    due_at = models.DateTimeField(db_index=True)
    message_id = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("event", "name", "person", "channel"), name="once"),
        )
