"""What changed between two editions: at once where it is short, else made by a worker and kept.

A comparison is kept under the digests of its two texts, so it is made once and never out of date.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, cast

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import clock
from tracker.acts.summaries import find_inside
from tracker.db import db, unit_of_work, upsert, wake_after_commit
from tracker.errors import NotFound, Refused
from tracker.structure import redline_store
from tracker.structure.match import Match, match
from tracker.structure.model import Document, provisions
from tracker.structure.redline import Redline, redline
from tracker.texts.importing import TASK
from tracker.texts.models import Comparison, EditionText, MatchCorrection
from tracker.texts.structures import TextState, document, text_states
from workflows.facts import Actor, Refusal

log = structlog.get_logger(__name__)
State: TypeAlias = Literal["ready", "waiting", "failed", "not_asked", "unread", "missing"]
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
SHORT = 1600
"""Provisions of both texts together that are compared within a request, in a third of a second."""
SHORT_BYTES = 256 * 1024
"""The same for both texts as they are kept, packed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed from one edition to another, or how far the comparison has come. "unread": one
    of the texts is not read, or cannot be; "missing": there is no text in this language.
    """

    state: State
    old: TextState | None
    new: TextState | None
    redline: Redline | None = None


def compare_editions(
    session: Session,
    act_id: int,
    old_n: int,
    new_n: int,
    language: str,
    *,
    only_kept: bool = False,
) -> Compared:
    """Compare two editions in a language. At most five statements. `only_kept` makes nothing."""
    found = {one.n: one for one in text_states(session, act_id) if one.language == language}
    old, new = found.get(old_n), found.get(new_n)
    if old is None or new is None:
        return Compared("missing", old, new)
    if old.digest is None or new.digest is None:
        return Compared("unread", old, new)
    if is_short(old, new):
        made = None if only_kept else _make(session, act_id, old, new)
        return Compared("ready", old, new, made)
    kept = session.get(Comparison, (old.digest, new.digest))
    if kept is None:
        return Compared("not_asked", old, new)
    made = unpack(kept.content) if kept.content is not None and not only_kept else None
    return Compared(cast("State", kept.state), old, new, made)


def is_short(old: TextState, new: TextState) -> bool:
    """Whether two texts are compared in no time to speak of."""
    return old.provisions + new.provisions <= SHORT and old.packed + new.packed <= SHORT_BYTES


def pack(made: Redline) -> bytes:
    return zlib.compress(redline_store.dump(made).encode(), 6)


def unpack(content: bytes) -> Redline:
    return redline_store.load(zlib.decompress(content).decode())


def ask_comparison(
    reference: str, old_n: int, new_n: int, language: str, *, actor: Actor, now: datetime
) -> Compared:
    """Ask for a comparison that takes long. Nothing of the act changes by it. Raises NotFound, or
    Refused where there is nothing to compare.
    """
    with unit_of_work() as session:
        act = find_inside(session, reference, actor, now)
        found = compare_editions(session, act.id, old_n, new_n, language, only_kept=True)
        if found.old is None or found.new is None:
            raise NotFound(Refusal("no_such_file"))
        if found.state == "unread":
            raise Refused(Refusal("no_text_read"), act_id=act.id)
        if found.state in ("not_asked", "failed"):
            ask(session, act.id, found.old, found.new, now)
            return Compared("waiting", found.old, found.new)
    return found


def prepare(act_id: int, n: int, language: str, now: datetime) -> None:
    """Ask for the usual comparison of a text that was read, with the edition before it, where it
    takes long.
    """
    with unit_of_work() as session:
        states = {one.n: one for one in text_states(session, act_id) if one.language == language}
        new = states.get(n)
        old = states.get(new.previous_n) if new and new.previous_n else None
        if old and new and old.digest and new.digest and not is_short(old, new):
            ask(session, act_id, old, new, now)


def ask(session: Session, act_id: int, old: TextState, new: TextState, now: datetime) -> None:
    """Leave a comparison to a worker, unless it is there or on its way; asked again after it
    failed, it is tried again.
    """
    assert old.digest is not None
    assert new.digest is not None
    values = {
        "act_id": act_id, "old_n": old.n, "old_language": old.language,
        "new_n": new.n, "new_language": new.language,
        "state": "waiting", "due_at": now, "attempts": 0, "asked_at": now,
    }  # fmt: skip
    session.execute(
        upsert(session, Comparison)
        .values(old_digest=old.digest, new_digest=new.digest, **values)
        .on_conflict_do_update(
            index_elements=[Comparison.old_digest, Comparison.new_digest],
            set_=values,
            where=Comparison.state == "failed",
        )
    )
    wake_after_commit(TASK)


def _make(session: Session, act_id: int, old: TextState, new: TextState) -> Redline | None:
    mine = document(session, act_id, old.n, old.language)
    others = document(session, act_id, new.n, new.language)
    if mine is None or others is None:
        return None
    return redline(mine, others, _matches(session, act_id, old, new, mine, others))


def _matches(
    session: Session,
    act_id: int,
    old: TextState,
    new: TextState,
    mine: Document,
    others: Document,
) -> tuple[Match, ...]:
    """Neighbours are compared by the match that is kept; others by the names that provisions
    keep, and what has no name in common by its text.
    """
    if new.previous_n == old.n and new.language == old.language:
        [kept] = [
            one
            for one in text_states(session, act_id, n=new.n, matches=True)
            if one.language == new.language
        ]
        return tuple(kept.matches)
    by_wid = {one.wid: one.eid for one in provisions(mine)}
    others_by_wid = {one.wid: one.eid for one in provisions(others)}
    pinned = [(by_wid[wid], eid) for wid, eid in others_by_wid.items() if wid in by_wid]
    apart = {
        (by_wid[one], others_by_wid[other])
        for one, other in _kept_apart(session, act_id, old, new)
        if one in by_wid and other in others_by_wid
    }
    return match(mine, others, pinned=pinned, apart=apart)


def _kept_apart(
    session: Session, act_id: int, old: TextState, new: TextState
) -> list[tuple[str, str]]:
    """The pairs that persons set apart anywhere between two editions, by lasting names."""
    rows = session.execute(
        select(MatchCorrection.n, MatchCorrection.old, MatchCorrection.new).where(
            MatchCorrection.act_id == act_id,
            MatchCorrection.language == new.language,
            MatchCorrection.n > old.n,
            MatchCorrection.n <= new.n,
            ~MatchCorrection.same,
        )
    ).all()
    if not rows:
        return []
    named: dict[int, Mapping[str, str]] = {}
    before: dict[int, int | None] = {}
    for text in session.scalars(
        select(EditionText).where(
            EditionText.act_id == act_id, EditionText.language == new.language
        )
    ):
        named[text.n], before[text.n] = text.wids, text.previous_n
    pairs = []
    for row in rows:
        earlier = named.get(before[row.n] or 0, {})
        pairs.append((earlier.get(row.old, row.old), named[row.n].get(row.new, row.new)))
    return pairs


# the worker


def compare_waiting(*, now: Callable[[], datetime] = clock.now, most: int = 20) -> int:
    """Make the comparisons that wait, oldest first; returns how many were looked at. Safe to run
    twice or at once.
    """
    for done in range(most):
        claimed = _claim(now())
        if claimed is None:
            return done
        _work_on(claimed)
    return most


Key: TypeAlias = tuple[str, str]


def _claim(now: datetime) -> Key | None:
    with unit_of_work() as session:
        row = session.scalar(
            select(Comparison)
            .where(Comparison.state == "waiting", Comparison.due_at <= now)
            .order_by(Comparison.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        row.due_at, row.attempts = now + LEASE, row.attempts + 1
        if row.attempts > MOST_ATTEMPTS:
            row.state, row.due_at = "failed", None
        return (row.old_digest, row.new_digest)


def _work_on(key: Key) -> None:
    session: Session = db.session()
    session.close()
    row = session.get(Comparison, key)
    if row is None or row.state != "waiting":
        return
    states = {(one.n, one.language): one for one in text_states(session, row.act_id)}
    old = states.get((row.old_n, row.old_language))
    new = states.get((row.new_n, row.new_language))
    made = None
    if old and new and (old.digest, new.digest) == key:
        try:
            made = _make(session, row.act_id, old, new)
        except Exception:  # kept as failed, to be asked for again
            log.exception("comparison_failed", act=row.act_id, old=row.old_n, new=row.new_n)
    content = pack(made) if made else None
    with unit_of_work() as writing:
        kept = writing.get(Comparison, key, with_for_update=True)
        if kept is not None and kept.state == "waiting":
            kept.state, kept.due_at = "ready" if content else "failed", None
            kept.content = content
