"""Bodies with their dated titles; persons, their seats and absences; accounts and tokens."""

from __future__ import annotations

from datetime import date, datetime

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Id, Json, Model, UtcDateTime


class Body(Model):
    """A body of the assembly, as its file last said. Never deleted: `ended_on` is set."""

    __tablename__ = "body"
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    member: Mapped[str | None]
    ended_on: Mapped[date | None]


class Term(Model):
    """A kind of document or a member state that the assembly's file names, or once named."""

    __tablename__ = "term"
    category: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    ended_on: Mapped[date | None]
    __table_args__ = (CheckConstraint("category IN ('kind', 'member')", name="category"),)


class DatedTitle(Model):
    """What a body, kind or member has been called since a date; languages → text."""

    __tablename__ = "dated_title"
    category: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    titles: Mapped[dict[str, str]] = mapped_column(Json)


class Person(Model):
    """Somebody who acts or is told. Rights come from memberships, never from here.

    `information` is how they want what asks nothing of them. Letters go to `office_email` where
    there is one; the inbox is always their own.
    """

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    email: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    institution: Mapped[str] = mapped_column(server_default="")
    member: Mapped[str | None]
    expertise: Mapped[list[str]] = mapped_column(Json, server_default=text("'[]'"))
    """Keys of the assembly's fields in which an expert is at home."""
    information: Mapped[str] = mapped_column(server_default="at_once")
    office_name: Mapped[str] = mapped_column(server_default="")
    office_email: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint(
            "information IN ('at_once', 'daily', 'weekly', 'inbox_only')", name="information"
        ),
    )


class Membership(Model):
    """A seat: a role in a body, from one date to another (both inclusive)."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body_key: Mapped[str] = mapped_column(ForeignKey("body.key"))
    role: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="order"),
        Index("ix_membership_body_role", "body_key", "role"),
        Index("ix_membership_person", "person_id"),
        Index(
            "uq_membership_open",
            "person_id",
            "body_key",
            "role",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )


class Absence(Model):
    """Days on which a person is away (both inclusive) and who stands in for them."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    __table_args__ = (
        CheckConstraint("until >= since", name="order"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> person_id", name="deputy"),
    )


class AccountRole(Model, RoleMixin):
    """Empty: the log-in library asks for it; roles are memberships."""

    __tablename__ = "account_role"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class AccountRoleLink(Model):
    __tablename__ = "account_role_link"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("account_role.id"), primary_key=True)


class Account(Model, UserMixin):
    """How a person logs in: identity only."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    roles: Mapped[list[AccountRole]] = relationship(  # type: ignore[assignment]
        secondary="account_role_link", lazy="selectin"
    )
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)


class Token(Model):
    """A key to the API with its owner's rights. Only its hash is kept."""

    __tablename__ = "token"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeadlineFeed(Model):
    """The secret link to a person's deadlines as a calendar. Only its hash is kept; deleted when
    it is revoked.
    """

    __tablename__ = "deadline_feed"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginFailure(Model):
    """Failed log-ins, counted per address typed and per client, to slow guessing down."""

    __tablename__ = "login_failure"
    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarDay(Model):
    """A day that differs from what the calendar of a country says."""

    __tablename__ = "calendar_day"
    calendar: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str]


class CalendarPeriod(Model):
    """Days off in a row, such as a recess: the first and the last day, both included."""

    __tablename__ = "calendar_period"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    calendar: Mapped[str]
    first: Mapped[date]
    last: Mapped[date]
    name: Mapped[str]
    __table_args__ = (
        CheckConstraint("last >= first", name="order"),
        UniqueConstraint("calendar", "first", "last"),
    )
