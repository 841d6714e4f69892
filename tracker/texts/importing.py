"""From the file of an edition to its provisions: at once where it is short, else by a worker.

What waits to be read is a row of `edition_text`. The worker reads and matches outside any
transaction and writes what it found only if nothing that it was made of has changed meanwhile, so
it may run twice, at once, or after a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tracker import clock
from tracker.db import db, unit_of_work, upsert, wake_after_commit
from tracker.texts.carrying import Carried, Corrections, Named, carry, with_wids
from tracker.texts.files import Upload, path_of, uploads
from tracker.texts.models import EditionFile, EditionText, MatchCorrection, TextReading
from tracker.texts.readings import VERSION, Reading, form_of, pack, read_bytes, unpack
from workflows.facts import Refusal

TASK = "texts.read"
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
"""A file that ends its worker three times is given up."""
SMALL_MATCH = 800
"""Provisions of all editions together that are matched within the transaction of an upload, in a
tenth of a second."""


def put_text(
    session: Session, act_id: int, n: int, language: str, upload: Upload, now: datetime
) -> None:
    """A text has come in, in the place of an earlier one where there was one: take over what was
    read of it, or leave it to a worker. Later editions are matched anew. The act is locked.
    """
    mine = (EditionText.act_id == act_id, EditionText.language == language)
    following = session.scalar(
        select(EditionText.n).where(*mine, EditionText.n > n).order_by(EditionText.n).limit(1)
    )
    session.execute(delete(EditionText).where(*mine, EditionText.n == n))
    session.execute(
        delete(MatchCorrection).where(
            MatchCorrection.act_id == act_id,
            MatchCorrection.language == language,
            MatchCorrection.n.in_([n, following or n]),
        )
    )
    session.execute(
        insert(EditionText).values(
            act_id=act_id, n=n, language=language, sha256=upload.sha256,
            form=form_of(upload.filename), version=VERSION, **_waiting(now),
        )
    )  # fmt: skip
    if upload.reading is not None:
        _keep_reading(session, upload.reading, now)
    if following is not None:
        wait_again(session, act_id, language, following, now)
    settle_short(session, act_id, language, n)
    wake_after_commit(TASK)


def copy_texts(session: Session, source: int, number: int, target: int, now: datetime) -> None:
    """Give the first edition of an act the texts of the edition that it continues. Provisions
    keep the names they had there.
    """
    wanted = select(EditionText).where(EditionText.act_id == source, EditionText.n == number)
    for text in session.scalars(wanted).all():
        kept = {name: getattr(text, name) for name in EditionText.__table__.columns.keys()}  # noqa: SIM118 - columns have keys only
        kept |= {"act_id": target, "n": 1, "previous_n": None, "matches": []}
        if text.state == "waiting":
            kept["due_at"] = now
        session.execute(insert(EditionText).values(kept))


def wait_again(session: Session, act_id: int, language: str, since: int, now: datetime) -> None:
    """Match this edition and all later ones anew, with what has changed."""
    session.execute(
        update(EditionText)
        .where(
            EditionText.act_id == act_id,
            EditionText.language == language,
            EditionText.n >= since,
        )
        .values(_waiting(now))
    )
    wake_after_commit(TASK)


def put_correction(
    session: Session,
    act_id: int,
    n: int,
    language: str,
    pair: tuple[str, str],
    same: bool,
    recorded_n: int,
    now: datetime,
) -> None:
    """Keep a person's word on a pair, in the place of what it contradicts, and match anew."""
    old, new = pair
    mine = (
        MatchCorrection.act_id == act_id,
        MatchCorrection.n == n,
        MatchCorrection.language == language,
    )
    against = (MatchCorrection.old == old) & (MatchCorrection.new == new)
    if same:
        taken = (MatchCorrection.old == old) | (MatchCorrection.new == new)
        against |= taken & MatchCorrection.same
    session.execute(delete(MatchCorrection).where(*mine, against))
    session.execute(
        insert(MatchCorrection).values(
            act_id=act_id, n=n, language=language, old=old, new=new, same=same,
            recorded_n=recorded_n,
        )
    )  # fmt: skip
    wait_again(session, act_id, language, n, now)
    settle_short(session, act_id, language, n)


def _waiting(now: datetime) -> dict[str, Any]:
    return {
        "state": "waiting", "due_at": now, "attempts": 0, "previous_n": None,
        "matches": [], "wids": {}, "retired": [], "digest": None,
    }  # fmt: skip


def _keep_reading(session: Session, reading: Reading, now: datetime) -> None:
    fault = reading.fault
    session.execute(
        upsert(session, TextReading)
        .values(
            sha256=reading.sha256,
            form=reading.form,
            version=VERSION,
            content=pack(reading.document) if reading.document else None,
            fault={"code": fault.code, "params": dict(fault.params)} if fault else {},
            provisions=reading.size,
            read_at=now,
        )
        .on_conflict_do_nothing()
    )


def settle_short(session: Session, act_id: int, language: str, since: int) -> None:
    """Finish texts that wait, from an edition on, in the transaction that made them wait, as far
    as that takes no time to speak of. What is left is the worker's.
    """
    rows = session.scalars(
        select(EditionText)
        .where(
            EditionText.act_id == act_id,
            EditionText.language == language,
            EditionText.n >= since,
        )
        .order_by(EditionText.n)
        .execution_options(populate_existing=True)
    ).all()
    left = SMALL_MATCH
    for row in rows:
        kept = session.get(TextReading, (row.sha256, row.form, row.version))
        if kept is None:
            return
        if kept.content is None:
            _give_up(row)
            continue
        before = _before(session, row)
        left -= kept.provisions + (before.provisions if before else 0)
        if left < 0 or (before is not None and before.state != "ready"):
            return
        said = corrections(session, act_id, row.n, language)
        _take(row, carry(unpack(kept.content), _read_as(row), _named(before), said))
        session.flush()


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The edition before, as far as matching asks."""

    n: int
    state: str
    digest: str | None
    content: bytes | None
    provisions: int
    wids: dict[str, str]
    retired: Sequence[str]


def _before(session: Session, row: EditionText) -> _Earlier | None:
    """The nearest earlier edition in the same language that can be read, or is still to be."""
    found = session.execute(
        select(
            EditionText.n,
            EditionText.state,
            EditionText.digest,
            TextReading.content,
            TextReading.provisions,
            EditionText.wids,
            EditionText.retired,
        )
        .outerjoin(TextReading, reading_of(EditionText))
        .where(
            EditionText.act_id == row.act_id,
            EditionText.language == row.language,
            EditionText.n < row.n,
            EditionText.state != "unreadable",
        )
        .order_by(EditionText.n.desc())
        .limit(1)
    ).one_or_none()
    return _Earlier(*found) if found is not None else None


def reading_of(text: type[EditionText]) -> Any:
    """How to join what was read in the file of a text."""
    return (
        (TextReading.sha256 == text.sha256)
        & (TextReading.form == text.form)
        & (TextReading.version == text.version)
    )


def _named(before: _Earlier | None) -> Named | None:
    if before is None:
        return None
    assert before.content is not None
    document = with_wids(unpack(before.content), before.wids)
    return Named(before.n, document, tuple(before.retired))


def _read_as(row: EditionText) -> str:
    return f"{row.sha256} {row.form} {row.version}"


def _take(row: EditionText, carried: Carried) -> None:
    for name, value in {**carried.values(), "state": "ready", "due_at": None}.items():
        setattr(row, name, value)


def _give_up(row: EditionText) -> None:
    row.state, row.due_at = "unreadable", None


# the worker


Key = tuple[int, int, str]
Then = Callable[[int, int, str, datetime], None]


def read_waiting(
    *,
    now: Callable[[], datetime] = clock.now,
    most: int = 50,
    then: Then = lambda _act, _n, _language, _now: None,
) -> int:
    """Read and match what waits, oldest first, up to `most` texts; returns how many were looked
    at. Whoever is left waits for the next run. `then` is told of each.
    """
    for done in range(most):
        claimed = _claim(now())
        if claimed is None:
            return done
        _work_on(claimed, now)
        then(*claimed, now())
    with unit_of_work():
        wake_after_commit(TASK)
    return most


def _claim(now: datetime) -> Key | None:
    """Take the text that has waited longest, for as long as the lease lasts."""
    with unit_of_work() as session:
        row = session.scalar(
            select(EditionText)
            .where(EditionText.state == "waiting", EditionText.due_at <= now)
            .order_by(EditionText.due_at, EditionText.act_id, EditionText.n)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        row.due_at, row.attempts = now + LEASE, row.attempts + 1
        if row.attempts > MOST_ATTEMPTS:
            fault = Refusal("text_unreadable", {}, "file")
            _keep_reading(session, Reading(row.sha256, row.form, None, fault), now)
            _give_up(row)
        return (row.act_id, row.n, row.language)


def _work_on(key: Key, now: Callable[[], datetime]) -> None:
    """Read one text and match it, after the texts before it."""
    session: Session = db.session()
    session.close()
    row = session.get(EditionText, key)
    if row is None or row.state != "waiting":
        return
    reading = _reading(session, row) or _read_file(session, row, now())
    before = _before(session, row)
    while before is not None and before.state == "waiting":
        _work_on((row.act_id, before.n, row.language), now)
        before = _before(session, row)
    said = corrections(session, row.act_id, row.n, row.language)
    session.close()
    carried = (
        carry(reading.document, _read_as(row), _named(before), said) if reading.document else None
    )
    with unit_of_work() as writing:
        if not _take_if_unchanged(writing, row, carried, before, said):
            wait_again(writing, row.act_id, row.language, row.n, now())


def _take_if_unchanged(
    session: Session,
    seen: EditionText,
    carried: Carried | None,
    before: _Earlier | None,
    said: Corrections,
) -> bool:
    """Write the result, unless what it was made of is no more. False asks to begin again."""
    key = (seen.act_id, seen.n, seen.language)
    row = session.get(EditionText, key, with_for_update=True)
    if row is None or row.state != "waiting" or row.sha256 != seen.sha256:
        return True
    if carried is None:
        _give_up(row)
        return True
    now_before = _before(session, row)
    if now_before != before or corrections(session, *key) != said:
        return False
    _take(row, carried)
    return True


def _reading(session: Session, row: EditionText) -> Reading | None:
    kept = session.get(TextReading, (row.sha256, row.form, row.version))
    if kept is None:
        return None
    if kept.content is None:
        return Reading(row.sha256, row.form, None, fault_of(kept.fault))
    return Reading(row.sha256, row.form, unpack(kept.content))


def fault_of(kept: dict[str, Any]) -> Refusal:
    """Why a file cannot be read, as it was kept."""
    return Refusal(kept["code"], kept["params"], "file")


def _read_file(session: Session, row: EditionText, now: datetime) -> Reading:
    filename = session.scalar(
        select(EditionFile.filename).where(
            EditionFile.act_id == row.act_id,
            EditionFile.n == row.n,
            EditionFile.language == row.language,
            EditionFile.part == "text",
        )
    )
    session.close()
    path = path_of(uploads(), row.sha256)
    if path.is_file() and filename is not None:
        reading = read_bytes(path.read_bytes(), row.sha256, filename)
    else:
        reading = Reading(row.sha256, row.form, None, Refusal("text_gone", {}, "file"))
    with unit_of_work() as writing:
        _keep_reading(writing, reading, now)
    return reading


def corrections(session: Session, act_id: int, n: int, language: str) -> Corrections:
    """What persons said of the match of an edition with the one before it."""
    rows = session.execute(
        select(MatchCorrection.old, MatchCorrection.new, MatchCorrection.same)
        .where(
            MatchCorrection.act_id == act_id,
            MatchCorrection.n == n,
            MatchCorrection.language == language,
        )
        .order_by(MatchCorrection.old, MatchCorrection.new)
    ).all()
    return Corrections(
        tuple((row.old, row.new) for row in rows if row.same),
        tuple((row.old, row.new) for row in rows if not row.same),
    )
