"""The sample people of an assembly, from the file that stands beside this one."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tracker.people.models import Account, Membership, Person

DOMAIN = "demo.example.org"
SEATED = date(2020, 1, 1)
"""Since when the sample people sit, so that the history of sample acts has its actors."""


def sample(assembly: str) -> dict[str, Any]:
    """What the sample file of an assembly says; empty where there is none."""
    path = Path(__file__).with_name(f"{assembly}.yaml")
    if not path.is_file():
        return {}
    loaded: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return loaded


def load_people(
    session: Session, assembly: str, now: datetime, password_hash: str
) -> dict[str, int]:
    """Write the sample people with their seats and accounts; login → person."""
    found: dict[str, int] = {}
    for item in sample(assembly).get("people", ()):
        email = f"{item['login']}@{DOMAIN}"
        person = session.execute(
            insert(Person)
            .values(
                names=item["names"],
                email=email,
                language=item["language"],
                institution=item["institution"],
                member=item.get("member"),
                expertise=item.get("expertise", []),
                created_at=now,
            )
            .returning(Person.id)
        ).scalar_one()
        found[item["login"]] = person
        seats = [seat.split(".") for seat in item["seats"]]
        session.execute(
            insert(Membership),
            [
                {"person_id": person, "body_key": body, "role": role, "since": SEATED}
                for body, role in seats
            ],
        )
        session.execute(
            insert(Account).values(
                person_id=person,
                email=email,
                password=password_hash,
                fs_uniquifier=secrets.token_hex(16),
                created_at=now,
            )
        )
    return found
