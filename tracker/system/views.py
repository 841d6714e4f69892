"""Health for machines: does the process live, does the installation work."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.people.access import public
from tracker.system.health import examine

blueprint = Blueprint("system", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process lives; nothing else is asked, the database least of all."""
    return {"ok": True}


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Everything works, or what does not."""
    checks = examine()
    ok = all(check.ok for check in checks.values())
    answer = {"ok": ok, "checks": {name: asdict(check) for name, check in checks.items()}}
    return answer, 200 if ok else 503
