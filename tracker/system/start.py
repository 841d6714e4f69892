"""What an installation needs before it answers: tables, procedures, and samples in a demo."""

from __future__ import annotations

from flask import Flask
from flask_migrate import upgrade

from tracker import assembly, clock
from tracker.config import Settings
from tracker.db import db
from tracker.demo.operations import is_empty, load_demo
from tracker.demo.people import DOMAIN, sample
from tracker.i18n import gettext as _
from tracker.i18n import title


def prepare(app: Flask) -> list[str]:
    """Bring the database up to date, fill an empty demo; returns the lines to print at the start.

    Safe to run again. Raises what migrations, `sync` and `load_demo` raise.
    """
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        upgrade()
        assembly.sync(clock.now())
        if settings.env == "demo" and is_empty(db.session()):
            load_demo(clock.now())
        lines = ["", f"{title(assembly.assembly().short)}: {settings.public_url}"]
        if settings.env == "demo":
            lines += _accounts()
        db.session.remove()
    return lines


def _accounts() -> list[str]:
    """The sample accounts, by the body they sit in first."""
    said = sample(assembly.assembly().assembly)
    if not said:
        return []
    bodies = assembly.assembly().bodies
    found: dict[str, list[str]] = {}
    for person in said["people"]:
        body = person["seats"][0].partition(".")[0]
        name = title(bodies[body].titles) if bodies[body].kind != "parliament" else _("Parliaments")
        found.setdefault(name, []).append(person["login"])
    width = max(map(len, found))
    return [
        _(
            "Sample accounts NAME@%(domain)s, all with the password %(password)s",
            domain=DOMAIN,
            password=said["password"],
        ),
        *(f"  {name:<{width}}  {', '.join(logins)}" for name, logins in found.items()),
    ]
