"""Bringing in editions of a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.acts import queries
from tracker.acts.effects import head_of
from tracker.acts.models import Act
from tracker.acts.notices import queue_tellings
from tracker.acts.operations import check_version, facts_for_notice, locked
from tracker.db import unit_of_work
from tracker.errors import Forbidden, Invalid, NotFound, Refused
from tracker.permissions import behalf, may
from tracker.texts.files import Upload
from tracker.texts.importing import copy_texts, put_correction, put_text
from tracker.texts.models import Edition, EditionFile
from tracker.texts.structures import provisions, text_states
from tracker.timeline.operations import NewEntry, append
from workflows.audience import tell
from workflows.facts import ActFacts, Actor, Refusal

PARTS = ("text", "memorandum")


def check_uploader(session: Session, reference: str, *, actor: Actor, now: datetime) -> None:
    """Whether the actor may bring in editions of the act at all, asked before a file is read;
    raises NotFound or Forbidden.
    """
    found = queries.act_id(session, assembly.assembly(), actor, reference)
    if found is None:
        raise NotFound(Refusal("no_such_act"))
    facts = facts_for_notice(session, queries.act_rows(session, [found])[0], now)
    if not may(assembly.assembly(), actor, "upload_edition", facts):
        raise Forbidden(Refusal("not_permitted"))


def check_upload(
    session: Session,
    row: Row[Any],
    facts: ActFacts,
    actor: Actor,
    language: str,
    part: str,
    edition: int | None = None,
    version: int | None = None,
) -> None:
    """Whether a file may come in now; raises Forbidden, Invalid, Stale or Refused."""
    rules = assembly.assembly()
    if not may(rules, actor, "upload_edition", facts):
        raise Forbidden(Refusal("not_permitted"))
    faults = []
    if language not in rules.languages:
        choices = ", ".join(rules.languages)
        faults.append(Refusal("not_a_choice", {"choices": choices}, "language"))
    if part not in PARTS:
        faults.append(Refusal("not_a_choice", {"choices": ", ".join(PARTS)}, "part"))
    if part != "text" and edition is None:
        faults.append(Refusal("edition_without_text", {}, "edition"))
    frozen = None
    if edition is not None and not 1 <= edition <= (row.edition or 0):
        faults.append(Refusal("no_such_edition", {"number": edition}, "edition"))
    elif edition is not None:
        frozen = session.scalar(
            select(Edition.frozen_n).where(Edition.act_id == row.id, Edition.n == edition)
        )
    if faults:
        raise Invalid(*faults)
    check_version(row, version)
    if "upload_edition" not in facts.procedure.state(row.state).within:
        raise Refused(Refusal("no_uploads_now", {"state": row.state}), act_id=row.id)
    if frozen is not None:
        raise Refused(Refusal("edition_frozen", {"number": edition}), act_id=row.id)


def add_file(
    reference: str,
    upload: Upload,
    *,
    language: str,
    part: str = "text",
    edition: int | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Begin a new edition with a file, or add or replace a language or part of an edition that
    no decision has frozen; returns the edition's number.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        facts = facts_for_notice(session, row, now, "edition_delivered")
        check_upload(session, row, facts, actor, language, part, edition, version)
        number = edition if edition is not None else (row.edition or 0) + 1
        if edition is None:
            session.execute(
                insert(Edition).values(
                    act_id=row.id,
                    n=number,
                    visit=row.visit,
                    created_at=now,
                    created_by=actor.person,
                )
            )
        _put_file(session, row.id, number, language, part, upload, actor, now)
        if part == "text":
            put_text(session, row.id, number, language, upload, now)
        _record(session, row, facts, actor, now, number, edition is None, language, part, upload)
    return number


def _put_file(
    session: Session,
    act_id: int,
    number: int,
    language: str,
    part: str,
    upload: Upload,
    actor: Actor,
    now: datetime,
) -> None:
    session.execute(
        delete(EditionFile).where(
            EditionFile.act_id == act_id,
            EditionFile.n == number,
            EditionFile.language == language,
            EditionFile.part == part,
        )
    )
    session.execute(
        insert(EditionFile).values(
            act_id=act_id,
            n=number,
            language=language,
            part=part,
            filename=upload.filename,
            media_type=upload.media_type,
            size=upload.size,
            sha256=upload.sha256,
            uploaded_at=now,
            uploaded_by=actor.person,
        )
    )


def _record(
    session: Session,
    row: Row[Any],
    facts: ActFacts,
    actor: Actor,
    now: datetime,
    number: int,
    new: bool,
    language: str,
    part: str,
    upload: Upload,
) -> None:
    data = {
        "edition": number,
        "language": language,
        "part": part,
        "file": upload.filename,
        "sha256": upload.sha256,
    }
    entry = NewEntry(
        head_of(row),
        "deliver_edition" if new else "add_file",
        actor.person,
        row.state,
        behalf=behalf(assembly.assembly(), actor, "upload_edition", facts),
        edition=number,
        data=data,
        columns={"edition": max(number, row.edition or 0)},
    )
    append(session, [entry], now)
    if new:
        queue_tellings(
            session,
            facts,
            tell(facts, "edition_delivered", actor),
            actor,
            now,
            n=entry.n,
            about={"action": "deliver_edition", "edition": number, "data": data},
        )


def correct_match(
    reference: str,
    n: int,
    language: str,
    old: str,
    new: str,
    *,
    same: bool,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say that provision `old` of the edition before and `new` of this one are the same, or are
    not. The provisions of this edition and of all later ones take their names by it.
    """
    with unit_of_work() as session:
        row = locked(session, reference, actor)
        facts = facts_for_notice(session, row, now)
        if not may(assembly.assembly(), actor, "upload_edition", facts):
            raise Forbidden(Refusal("not_permitted"))
        _check_pair(session, row.id, n, language, old, new)
        check_version(row, version)
        data = {"edition": n, "language": language, "old": old, "new": new, "same": same}
        entry = NewEntry(
            head_of(row),
            "correct_match",
            actor.person,
            row.state,
            behalf=behalf(assembly.assembly(), actor, "upload_edition", facts),
            edition=n,
            data=data,
        )
        append(session, [entry], now)
        put_correction(session, row.id, n, language, (old, new), same, entry.n, now)


def _check_pair(session: Session, act_id: int, n: int, language: str, old: str, new: str) -> None:
    """Raise NotFound or Invalid where there is no such match to correct."""
    states = {one.language: one for one in text_states(session, act_id, n=n)}
    state = states.get(language)
    if state is None:
        raise NotFound(Refusal("no_such_file"))
    if state.state != "ready" or state.previous_n is None:
        raise Refused(Refusal("no_match_here"), act_id=act_id)
    sides = ((state.previous_n, old, "old"), (n, new, "new"))
    faults = [
        Refusal("no_such_provision", {}, name)
        for number, eid, name in sides
        if all(one.eid != eid for one in provisions(session, act_id, number, language))
    ]
    if faults:
        raise Invalid(*faults)


def copy_current_edition(
    session: Session, source: int, target: int, actor: Actor, now: datetime
) -> None:
    """Carry the current edition of a finished act over to the act that continues it."""
    number = session.scalar(select(func.max(Edition.n)).where(Edition.act_id == source))
    if number is None:
        return
    session.execute(
        insert(Edition).values(act_id=target, n=1, visit=1, created_at=now, created_by=actor.person)
    )
    copied = select(
        EditionFile.language,
        EditionFile.part,
        EditionFile.filename,
        EditionFile.media_type,
        EditionFile.size,
        EditionFile.sha256,
        EditionFile.uploaded_at,
        EditionFile.uploaded_by,
    ).where(EditionFile.act_id == source, EditionFile.n == number)
    session.execute(
        insert(EditionFile),
        [{**row, "act_id": target, "n": 1} for row in session.execute(copied).mappings()],
    )
    copy_texts(session, source, number, target, now)
    act = session.get_one(Act, target)
    act.edition = 1
    session.flush()
