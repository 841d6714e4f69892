"""Passwords and log-in. The library of log-in serves for identity only: hashing and the session.

Failed log-ins are counted per address typed and per client, whether or not the address exists,
so that the answer tells nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, verify_password
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from tracker import assembly, clock
from tracker.config import Settings
from tracker.db import db, unit_of_work, upsert
from tracker.errors import Forbidden, Invalid
from tracker.people.models import Account, AccountRole, LoginFailure, Person
from tracker.people.queries import find_account
from workflows.facts import Refusal

SCHEME = "argon2"
CHEAP = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
"""How tests hash, which log in hundreds of times."""
SHORTEST = 12
LONGEST = 200
WINDOW = timedelta(minutes=15)
LIMITS = {"address": 10, "client": 50, "link": 20}
"""Failures within the window after which a log-in, or the link of an invitation, is refused
unread."""
SESSION_LASTS = timedelta(hours=12)


class AccountStore(SQLAlchemyUserDatastore):
    """Keeps what the library changes until it asks to commit, then writes it in a unit of work.
    Whoever it finds by their session is read together with their seats.
    """

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Any:
        if "nobody" in g:
            return None
        uniquifier = kwargs.get("fs_uniquifier")
        if uniquifier is None:
            return super().find_user(case_insensitive, **kwargs)
        found = find_account(db.session(), uniquifier, clock.today(assembly.zone()))
        if found is None:
            return None
        account, g.member = found
        set_committed_value(account, "roles", [])
        return account

    def put(self, model: Any) -> Any:
        g.setdefault("accounts_changed", []).append(model)
        return model

    def commit(self) -> None:
        changed = g.pop("accounts_changed", [])
        if changed:
            with unit_of_work() as session:
                session.add_all(changed)


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": settings.env == "production"},
        SECURITY_PASSWORD_HASH=SCHEME,
        SECURITY_PASSWORD_SINGLE_HASH=[SCHEME],
        SECURITY_PASSWORD_SCHEMES=[SCHEME],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=CHEAP if settings.env == "test" else {},
    )
    security = Security(app, AccountStore(db, Account, AccountRole), register_blueprint=False)
    # Rights come from memberships; who asks is looked up where that is needed, not on each request.
    security.principal.identity_loaders.clear()


def hashed(password: str) -> str:
    """A new password as it is stored; raises Invalid when it is too short or too long."""
    if len(password) < SHORTEST:
        raise Invalid(Refusal("password_short", {"least": SHORTEST}, "password"))
    if len(password) > LONGEST:
        raise Invalid(Refusal("too_long", {"limit": LONGEST}, "password"))
    return str(hash_password(password))


def check_log_in(email: str, password: str, client: str, now: datetime) -> Account:
    """The account of this address and password. Raises Invalid, in the same words whether the
    address, the password or the person is wrong, and after too many failures unread.
    """
    email = email.strip().lower()
    keys = {"address": _key("address", email), "client": _key("client", client)}
    until = _barred_until(db.session(), keys, now)
    if until is not None:
        raise Invalid(Refusal("too_many_log_ins", {"until": until}))
    account = db.session.scalar(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(Account.email == email, Account.active, Person.active)
    )
    if len(password) > LONGEST or not _matches(account, password):
        _note_failure(keys.values(), now)
        raise Invalid(Refusal("wrong_log_in"))
    assert account is not None
    if db.session.get(LoginFailure, keys["address"]) is not None:
        with unit_of_work() as session:
            session.execute(delete(LoginFailure).where(LoginFailure.key == keys["address"]))
    return account


def check_not_barred(kind: str, value: str, now: datetime) -> None:
    """Raise Forbidden after too many failures of a kind from one place."""
    until = _barred_until(db.session(), {kind: _key(kind, value)}, now)
    if until is not None:
        raise Forbidden(Refusal("too_many_log_ins", {"until": until}))


def note_failure(kind: str, value: str, now: datetime) -> None:
    """Count a failure of a kind from one place."""
    _note_failure([_key(kind, value)], now)


def _matches(account: Account | None, password: str) -> bool:
    """Takes as long for an address that is unknown as for one that is known."""
    if account is None or not account.password.startswith(f"${SCHEME}"):
        hash_password(password)
        return False
    return bool(verify_password(password, account.password))


def change_password(account_id: int, old: str, new: str) -> Account:
    """Give an account a new password; whoever is logged in with the old one no longer is.
    Raises Invalid.
    """
    account = db.session.get_one(Account, account_id)
    if len(old) > LONGEST or not _matches(account, old):
        raise Invalid(Refusal("wrong_password", {}, "old"))
    changed = {"password": hashed(new), "fs_uniquifier": secrets.token_hex(16)}
    with unit_of_work() as session:
        session.execute(update(Account).where(Account.id == account_id).values(changed))
    return db.session.get_one(Account, account_id)


def _key(kind: str, value: str) -> str:
    """What was typed is not kept: it may be a password in the wrong field."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"


def _barred_until(session: Session, keys: dict[str, str], now: datetime) -> datetime | None:
    rows = session.scalars(
        select(LoginFailure).where(
            LoginFailure.key.in_(keys.values()), LoginFailure.since > now - WINDOW
        )
    )
    ends = [row.since + WINDOW for row in rows if row.count >= LIMITS[row.key.partition(":")[0]]]
    return max(ends, default=None)


def _note_failure(keys: Iterable[str], now: datetime) -> None:
    with unit_of_work() as session:
        session.execute(delete(LoginFailure).where(LoginFailure.since <= now - WINDOW))
        counted = upsert(session, LoginFailure).on_conflict_do_update(
            index_elements=[LoginFailure.key], set_={"count": LoginFailure.count + 1}
        )
        # In one order, so that two requests cannot wait for each other.
        session.execute(counted, [{"key": key, "count": 1, "since": now} for key in sorted(keys)])
