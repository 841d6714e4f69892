"""Passwords and log-in. The library of log-in serves for identity only: hashing and the session.

Failed log-ins are counted per address typed and per client, whether or not the address exists,
so that the answer tells nothing.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, verify_password
from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from tracker import assembly, clock
from tracker.config import Settings
from tracker.db import db, unit_of_work
from tracker.errors import Invalid
from tracker.people import throttle
from tracker.people.models import Account, AccountRole, Person
from tracker.people.queries import find_account
from workflows.facts import Refusal

SCHEME = "argon2"
CHEAP = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
"""How tests hash, which log in hundreds of times."""
SHORTEST = 12
LONGEST = 200
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
    tried = {"address": email, "client": client}
    until = throttle.barred_until(db.session(), tried, now)
    if until is not None:
        raise Invalid(Refusal("too_many_log_ins", {"until": until}))
    account = db.session.scalar(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(Account.email == email, Account.active, Person.active)
    )
    if len(password) > LONGEST or not _matches(account, password):
        throttle.note_failure(tried, now)
        raise Invalid(Refusal("wrong_log_in"))
    assert account is not None
    throttle.forget_failures(db.session(), {"address": email})
    return account


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
