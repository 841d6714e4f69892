"""Health and figures for machines, and a page in plain words for the secretariat."""

from __future__ import annotations

from dataclasses import asdict
from ipaddress import ip_address

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.db import db
from tracker.people.access import permitted, public
from tracker.people.operations import token_hash
from tracker.people.queries import find_token_owner
from tracker.permissions import may
from tracker.system.health import examine
from tracker.system.jobs import jobs
from tracker.system.metrics import CONTENT_TYPE, exposition
from tracker.system.queries import mails
from tracker.system.words import mail_state, tell_job

blueprint = Blueprint("system", __name__)
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


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


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """The figures, for programs on this machine and tokens of those who see deliveries."""
    if not (_is_local() or _has_token()):
        refused = {"WWW-Authenticate": "Bearer"}
        return Response("Ask from this machine, or with a token.\n", 401, refused, "text/plain")
    text = exposition(db.session(), clock.now(), clock.today(assembly.zone()))
    return Response(text, content_type=CONTENT_TYPE)


def _is_local() -> bool:
    """Whether a program on this machine asks, for itself: what a proxy passes on is not local."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    believed = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    try:
        return ip_address(believed["REMOTE_ADDR"]).is_loopback
    except (KeyError, ValueError):
        return False


def _has_token() -> bool:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        return False
    day = clock.today(assembly.zone())
    owner = find_token_owner(db.session(), token_hash(given.token), day)
    return owner is not None and may(assembly.assembly(), owner.actor, "see_deliveries")


@blueprint.get("/system")
@permitted("see_deliveries")
def page() -> ResponseReturnValue:
    """Is mail going out, what does not and why, do the jobs run."""
    session, now = db.session(), clock.now()
    found, runs = mails(session, now), jobs(session, now)
    state = mail_state(found, runs, now)
    lines = [tell_job(job) for job in runs]
    return render_template("system/page.html", mail=state, mails=found, jobs=lines)
