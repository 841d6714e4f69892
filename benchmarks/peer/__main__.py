"""Answers one JSON command a line: `make` drafts, move them one by one (`single`), or all in one
transaction (`bulk`). A move answers with its seconds.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from time import perf_counter
from urllib.parse import urlsplit

import django
from django.conf import settings

PACKAGES = ("django", "django-fsm-2", "django-fsm-log")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TITLES = {"ru": "О пробном деле", "en": "On a Trial Matter"}


def set_up(url: str) -> None:
    """Django on this database, with the settings the product uses there."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        database = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path[1:],
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    else:
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path[1:],
            "HOST": parts.hostname,
            "PORT": parts.port or 5432,
            "USER": parts.username or "",
            "PASSWORD": parts.password or "",
        }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django_fsm_log",
            "benchmarks.peer",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


class Peer:
    """The drafts that wait to be moved, and the persons who act and are told."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User
        from django.core.management import call_command

        from benchmarks.peer.models import Person

        call_command("migrate", run_syncdb=True, verbosity=0)
        self.user = User.objects.create(username="secretariat")
        self.people = [
            Person.objects.create(email=f"person{number}@demo.example.org") for number in range(5)
        ]
        self.waiting: list[str] = []

    def make(self, count: int) -> None:
        from benchmarks.peer.models import Draft

        first = Draft.objects.count() + 1
        made = [f"MA-2026-{number:05d}" for number in range(first, first + count)]
        Draft.objects.bulk_create(
            [Draft(reference=reference, titles=TITLES) for reference in made], batch_size=500
        )
        self.waiting += made

    def single(self, count: int) -> list[float]:
        from django.db import transaction

        from benchmarks.peer.models import Draft

        seconds = []
        for reference in self._take(count):
            begun = perf_counter()
            with transaction.atomic():
                self._move(Draft.objects.select_for_update().get(reference=reference))
            seconds.append(perf_counter() - begun)
        return seconds

    def bulk(self, count: int) -> list[float]:
        from django.db import transaction

        from benchmarks.peer.models import Draft

        references = self._take(count)
        begun = perf_counter()
        with transaction.atomic():
            drafts = Draft.objects.select_for_update().filter(reference__in=references)
            for draft in drafts.order_by("pk"):
                self._move(draft)
        return [perf_counter() - begun]

    def _take(self, count: int) -> Sequence[str]:
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        if len(taken) < count:
            raise RuntimeError("too few drafts were made")
        return taken

    def _move(self, draft) -> None:
        from benchmarks.peer.models import Duty, Notice

        before = draft.state
        draft.open_concept(by=self.user)
        draft.save(update_fields=["state", "stage", "version"])
        Duty.objects.create(
            draft=draft,
            kind="decide_concept",
            body="eab",
            role="secretary",
            opened_at=NOW,
            due_on=date(2026, 12, 22),
            zone="Europe/Moscow",
            calendar="assembly",
            counted_from=NOW.date(),
            counted_days=20,
            next_reminder_at=NOW,
        )
        facts = {
            "reference": draft.reference,
            "titles": draft.titles,
            "kind": "model_law",
            "procedure": ["model_law", 1],
            "state": draft.state,
            "recorded": NOW.isoformat(),
            "n": draft.version,
            "actor": self.user.pk,
            "bodies": {"drafting": ["institute"], "initiator": ["parliament_kz"]},
            "reply_to": ["eab.secretary@demo.example.org"],
            "action": "open_concept",
            "before": before,
            "decided": "2026-11-24",
            "behalf": None,
            "edition": None,
            "data": {},
            "because": [["eab.secretary", "eab"]],
            "due": {
                "duty": "decide_concept",
                "on": "2026-12-22",
                "state": "set",
                "detail": None,
                "zone": "Europe/Moscow",
                "action": None,
            },
        }
        event = f"draft:{draft.pk}:{draft.version}"
        Notice.objects.bulk_create(
            [
                Notice(
                    event=event,
                    name="concept_opened",
                    person=person,
                    channel="mail",
                    draft=draft,
                    reasons=["eab.secretary"],
                    language="ru",
                    facts=facts,
                    created_at=NOW,
                    state="queued",
                    due_at=NOW,
                    message_id=f"<n-{event}-{person.pk}@assembly.example>",
                )
                for person in self.people
            ],
            ignore_conflicts=True,
        )


def main() -> None:
    set_up(sys.argv[1])
    peer = Peer()
    gc.freeze()  # as the product does
    print(json.dumps({name: version(name) for name in PACKAGES}), flush=True)
    for line in sys.stdin:
        name, count = json.loads(line)
        print(json.dumps(getattr(peer, name)(count)), flush=True)


if __name__ == "__main__":
    main()
