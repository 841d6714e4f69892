"""The address in a mail by which its reader ends what brought it, without logging in (RFC 8058).

It is signed with the installation's key and says only numbers; whoever has the mail may use it,
and it can end nothing but that.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from tracker.config import current_settings
from tracker.db import AnyRow
from tracker.notices.folding import DIGEST
from tracker.notices.queries import NEWS

PATH = "/unsubscribe/"
_SALT = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Ends:
    """What a link ends for a person: following an act, or the acts of a body; with neither,
    letters that only inform.
    """

    person: int
    act: int | None = None
    body: str | None = None


def unsubscribe_link(ends: Ends) -> str:
    """The whole address; the same for the same thing, so that a mail's bytes never change."""
    given = [ends.person, ends.act, ends.body]
    return f"{current_settings().public_url}{PATH}{_signer().dumps(given)}"


def read_link(token: str) -> Ends | None:
    """What a link ends, None where it was not made here."""
    try:
        person, act, body = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return Ends(person, act, body)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_settings().secret_key, salt=_SALT)


def ending_link(row: AnyRow) -> str:
    """What the mail of a notice offers to end: the summaries, or following, where that alone
    brought it.
    """
    if row.bundle == DIGEST:
        return unsubscribe_link(Ends(row.person_id))
    if row.name != NEWS:
        return ""
    ((_follows, body),) = row.facts["because"]
    return unsubscribe_link(Ends(row.person_id, None if body else row.act_id, body))
