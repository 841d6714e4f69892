"""The link of an invitation: who has it answers this one review, and nothing else, without log-in.

The token is an HMAC of the review and its nonce under the installation's key. It is computed
whenever a mail is written and kept nowhere, not even as a digest: who reads the database alone
can make no link, and a link can be written into every reminder. It is in force while the round
lasts: until the expert declines, the invitation is taken back, the act leaves the examination, or
the link is revoked. A new key of the installation ends all links; experts then log in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker.acts.models import Act
from tracker.config import current_settings
from tracker.people.models import Person as PersonRow
from tracker.reviews.models import Review, ReviewLink

_TOKEN = re.compile(r"([1-9][0-9]{0,17})-([A-Za-z0-9_-]{43})")
ALIVE = ("invited", "accepted", "submitted")
"""States in which an expert has something to do or to read in a round that goes on."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that is genuine. When it is not `in_force` it says no more than that it ended."""

    review: int
    person: int
    in_force: bool


def new_link(session: Session, review_id: int) -> dict[str, Any]:
    """Give a review a link; returns what is frozen into the notices that carry it."""
    nonce = secrets.token_hex(16)
    session.execute(insert(ReviewLink).values(review_id=review_id, nonce=nonce))
    return {"review": review_id, "nonce": nonce}


def token_of(review: int, nonce: str) -> str:
    """The token of a review's link."""
    key = current_settings().secret_key.encode()
    digest = hmac.new(key, f"review-link:{review}:{nonce}".encode(), hashlib.sha256).digest()
    return f"{review}-{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def path_of(link: Mapping[str, Any]) -> str:
    """Where the link of a notice's frozen facts leads."""
    return f"/invitation/{token_of(link['review'], link['nonce'])}"


def find_invitation(session: Session, token: str) -> Invitation | None:
    """The invitation of a token, None when the token is not genuine. One statement."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    row = session.execute(
        select(
            Review.id,
            Review.person_id,
            Review.state,
            (Review.visit == Act.visit).label("in_visit"),
            ReviewLink.nonce,
            ReviewLink.revoked_at,
            PersonRow.active,
        )
        .join(ReviewLink, ReviewLink.review_id == Review.id)
        .join(Act, Act.id == Review.act_id)
        .join(PersonRow, PersonRow.id == Review.person_id)
        .where(Review.id == int(match[1]))
    ).one_or_none()
    if row is None or not hmac.compare_digest(token, token_of(row.id, row.nonce)):
        return None
    goes_on = row.in_visit and row.state in ALIVE and row.active
    return Invitation(row.id, row.person_id, bool(goes_on and row.revoked_at is None))


def links_of_duties(session: Session, duties: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The links of the reviews that are owed under these duties, as notices freeze them."""
    wanted = sorted(set(duties))
    if not wanted:
        return {}
    rows = session.execute(
        select(Review.duty_id, Review.id, ReviewLink.nonce)
        .join(ReviewLink, ReviewLink.review_id == Review.id)
        .where(Review.duty_id.in_(wanted), ReviewLink.revoked_at.is_(None))
    )
    return {row.duty_id: {"review": row.id, "nonce": row.nonce} for row in rows}


def revoke(link: ReviewLink, now: datetime) -> None:
    """End a link; who holds it logs in from now on."""
    link.revoked_at = now


def renew(link: ReviewLink) -> None:
    """Give a review another link. The one before is worth nothing."""
    link.nonce, link.revoked_at = secrets.token_hex(16), None
