"""Accounts, tokens, seats and absences: who may change them, and what is not accepted."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tracker.commands.context import operator
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound
from tracker.people.models import Account, Membership, Person, Token
from tracker.people.operations import (
    add_membership,
    create_account,
    create_token,
    disable_account,
    end_membership,
    record_absence,
    revoke_token,
    set_password,
    token_hash,
)
from tracker.people.queries import actor_for, find_token_owner

NAMES = {"ru": "Пётр Новый", "en": "Pyotr Novy"}
NEW = "pyotr.novy@example.org"
DAY = date(2026, 11, 24)


@pytest.fixture
def shell(app):
    return operator("manage_accounts")


def owner_of(token: str) -> int | None:
    found = find_token_owner(db.session(), token_hash(token), DAY)
    return found.person.id if found else None


def code_of(error: pytest.ExceptionInfo[Invalid]) -> tuple[str, str | None]:
    refusal = error.value.refusals[0]
    return refusal.code, refusal.field


def test_an_account_for_somebody_new(app, shell, as_, now):
    person = create_account(
        " Pyotr.Novy@Example.org ", NAMES, "en", "$argon2id$x", member="kz", actor=shell, now=now
    )
    row = db.session.get_one(Person, person)
    assert (row.email, row.names, row.language, row.member) == (NEW, NAMES, "en", "kz")
    account = db.session.scalar(select(Account).where(Account.person_id == person))
    assert (account.email, account.password, account.active) == (NEW, "$argon2id$x", True)
    assert actor_for(db.session(), person, DAY).roles == frozenset()
    with pytest.raises(Invalid) as again:
        create_account(NEW, NAMES, "en", "$argon2id$x", actor=shell, now=now)
    assert code_of(again) == ("account_exists", "email")
    for login in ("secretariat", "drafter"):
        with pytest.raises(Forbidden):
            create_account("x@example.org", NAMES, "en", "!", actor=as_(login), now=now)
    admin = as_("admin")
    assert create_account("x@example.org", NAMES, "ru", "!", actor=admin, now=now) != person


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"email": "nobody"}, ("not_an_address", "email")),
        ({"email": "a b@example.org"}, ("not_an_address", "email")),
        ({"names": {"en": "Only"}}, ("no_authentic_title", "names")),
        ({"language": "fr"}, ("not_a_choice", "language")),
        ({"member": "fr"}, ("not_a_choice", "member")),
        ({"institution": "x" * 501}, ("too_long", "institution")),
    ],
)
def test_an_account_that_is_not_acceptable(app, shell, now, change, expected):
    given = {"email": NEW, "names": NAMES, "language": "ru", "password_hash": "!", **change}
    with pytest.raises(Invalid) as error:
        create_account(**given, actor=shell, now=now)
    assert code_of(error) == expected


def test_a_disabled_account_lets_nobody_in(app, shell, as_, now):
    token = create_token("drafter@demo.example.org", "script", actor=shell, now=now)
    assert owner_of(token) == as_("drafter").person
    before = db.session.scalar(
        select(Account.fs_uniquifier).where(Account.email == "drafter@demo.example.org")
    )
    disable_account("drafter@demo.example.org", actor=shell, now=now)
    assert owner_of(token) is None
    account = db.session.scalar(select(Account).where(Account.email == "drafter@demo.example.org"))
    assert not account.active
    assert account.fs_uniquifier != before
    assert db.session.scalar(select(Token.revoked_at)) == now
    with pytest.raises(Invalid) as error:
        create_token("drafter@demo.example.org", actor=shell, now=now)
    assert code_of(error) == ("account_disabled", "email")
    with pytest.raises(Invalid) as missing:
        disable_account("nobody@example.org", actor=shell, now=now)
    assert code_of(missing) == ("no_such_account", "email")


def test_a_new_password_ends_what_began_with_the_old_one(app, shell, as_):
    mail = "drafter@demo.example.org"
    before = db.session.scalar(select(Account.fs_uniquifier).where(Account.email == mail))
    set_password(mail, "$argon2id$new", actor=shell)
    row = db.session.execute(
        select(Account.password, Account.fs_uniquifier).where(Account.email == mail)
    ).one()
    assert row.password == "$argon2id$new"
    assert row.fs_uniquifier != before
    with pytest.raises(Forbidden):
        set_password(mail, "$argon2id$x", actor=as_("secretariat"))


def test_everybody_makes_their_own_tokens_and_nobody_elses(app, as_, now):
    drafter = as_("drafter")
    token = create_token("drafter@demo.example.org", actor=drafter, now=now)
    assert owner_of(token) == drafter.person
    for deed in (create_token, revoke_token):
        with pytest.raises(Forbidden):
            deed("secretariat@demo.example.org", actor=drafter, now=now)
    assert revoke_token("drafter@demo.example.org", actor=drafter, now=now) == 1
    assert revoke_token("drafter@demo.example.org", actor=drafter, now=now) == 0


def test_a_seat_from_a_date_to_another(app, as_, now):
    staff, expert = as_("secretariat"), as_("eab.expert1").person
    seat = add_membership(str(expert), "defence", "member", since=date(2026, 12, 1), actor=staff)
    assert ("defence", "member") not in actor_for(db.session(), expert, DAY).roles
    later = actor_for(db.session(), expert, date(2027, 1, 1))
    assert ("defence", "member") in later.roles
    with pytest.raises(Invalid) as twice:
        add_membership(str(expert), "defence", "member", since=date(2027, 1, 1), actor=staff)
    assert code_of(twice) == ("already_seated", "role")
    end_membership(seat, until=date(2026, 12, 31), actor=staff)
    assert ("defence", "member") not in actor_for(db.session(), expert, date(2027, 1, 1)).roles
    again = add_membership(str(expert), "defence", "member", since=date(2027, 1, 1), actor=staff)
    assert db.session.get_one(Membership, again).until is None
    with pytest.raises(Invalid) as order:
        end_membership(again, until=date(2026, 12, 31), actor=staff)
    assert code_of(order) == ("ends_before", "until")
    with pytest.raises(NotFound):
        end_membership(999_999, until=DAY, actor=staff)
    with pytest.raises(Forbidden):
        add_membership(str(expert), "eab", "chair", since=DAY, actor=as_("eab.chair"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("nobody@example.org", "eab", "expert"), ("no_such_person", "person")),
        (("drafter@demo.example.org", "moon", "expert"), ("not_a_choice", "body")),
        (("drafter@demo.example.org", "eab", "member"), ("not_a_choice", "role")),
    ],
)
def test_a_seat_that_is_not_acceptable(app, as_, given, expected):
    with pytest.raises(Invalid) as error:
        add_membership(*given, since=DAY, actor=as_("secretariat"))
    assert code_of(error) == expected


def test_who_is_away_is_stood_in_for(app, as_, now):
    chair, secretary = as_("eab.chair"), as_("eab.secretary")
    record_absence(
        str(chair.person),
        since=DAY,
        until=date(2026, 11, 30),
        deputy="eab.expert1@demo.example.org",
        actor=chair,
    )
    deputy = as_("eab.expert1")
    assert deputy.deputises[("eab", "chair")] == chair.person
    assert ("eab", "chair") not in actor_for(db.session(), deputy.person, date(2026, 12, 1)).roles
    with pytest.raises(Forbidden):
        record_absence(str(chair.person), since=DAY, until=DAY, actor=secretary)
    with pytest.raises(Invalid) as own:
        record_absence(
            str(chair.person), since=DAY, until=DAY, deputy=str(chair.person), actor=chair
        )
    assert code_of(own) == ("own_deputy", "deputy")
    with pytest.raises(Invalid) as order:
        record_absence(str(chair.person), since=DAY, until=date(2026, 11, 1), actor=chair)
    assert code_of(order) == ("ends_before", "until")
