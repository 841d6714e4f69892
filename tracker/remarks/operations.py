"""Taking remarks in: from a review or a reply, by hand for a letter, from a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, func, insert, not_, select
from sqlalchemy.orm import Session

from tracker import assembly
from tracker.db import unit_of_work
from tracker.errors import Forbidden, Invalid, invalid
from tracker.paging import MOST_PER_PAGE
from tracker.people.queries import find_person
from tracker.permissions import may
from tracker.remarks.answering import Answer, propose
from tracker.remarks.models import Remark
from tracker.remarks.places import ordering
from tracker.remarks.provisions import provisions_of, read_document, resolve
from tracker.remarks.queries import OF_VOID_ROUND
from tracker.remarks.work import begin, edition_of, record
from tracker.texts.models import Edition
from workflows import fields
from workflows.facts import Actor, Person, Refusal

KINDS = ("legal", "editorial", "substantive", "treaty", "national_law", "other")
MOST_IMPORTED = 2_000
_OF_ITS_OWN = (
    "id", "act_id", "n", "edition", "recorded_at", "recorded_n", "carried_by", "merged_into",
    "assigned_to", "version",
)  # fmt: skip
"""What a remark that is carried over to another act does not take along."""
Source = Literal["review", "reply", "import", "entered"]


@dataclass(frozen=True, slots=True)
class NewRemark:
    """A remark as it comes in, its words cleaned by `workflows.fields.text`.

    `eid` is the provision's name in the edition, None where it is not known or the remark is on
    the whole draft; `place` is the provision as typed, empty for the whole draft. `text` may be
    empty where there is a `wording`. At least one author is given: a person, a body, or in words.
    """

    eid: str | None
    place: str
    kind: str
    text: str
    wording: str | None
    language: str
    author_person: int | None
    author_body: str | None
    author_name: str | None
    source: Source
    review_id: int | None = None
    reply_id: int | None = None
    letter_ref: str | None = None


def record_remarks(
    session: Session, row: Row[Any], edition: int, remarks: Sequence[NewRemark], now: datetime
) -> list[int]:
    """Keep remarks on an edition, in the caller's unit of work; returns their ids.

    The caller has locked the act, `row` being as it was then, and appends the one timeline entry.
    Raises Invalid, each fault naming its field: `remarks.0.text` for the first one's text.
    """
    faults = [
        Refusal(fault.code, fault.params, f"remarks.{place}.{fault.field}")
        for place, remark in enumerate(remarks)
        for fault in faults_of(remark)
    ]
    if faults:
        raise Invalid(*faults)
    if not remarks:
        return []
    last = session.scalar(select(func.max(Remark.n)).where(Remark.act_id == row.id)) or 0
    values = [
        {
            "act_id": row.id,
            "n": number,
            "edition": edition,
            "language": remark.language,
            "eid": remark.eid,
            "place": remark.place,
            "ordering": ordering(remark.eid, remark.place),
            "kind": remark.kind,
            "text": remark.text,
            "wording": remark.wording,
            "author_person": remark.author_person,
            "author_body": remark.author_body,
            "author_name": remark.author_name,
            "source": remark.source,
            "review_id": remark.review_id,
            "reply_id": remark.reply_id,
            "letter_ref": remark.letter_ref,
            "recorded_at": now,
            "recorded_n": row.version + 1,
        }
        for number, remark in enumerate(remarks, start=last + 1)
    ]
    made = insert(Remark).returning(Remark.id, sort_by_parameter_order=True)
    return [int(found) for found in session.scalars(made, values)]


def copy_remarks(session: Session, source: int, target: int, now: datetime) -> None:
    """Carry the remarks on the current edition of a finished act over to the first edition of the
    act that continues it, with their answers, inside the unit of work that opens it.
    """
    current = select(func.max(Edition.n)).where(Edition.act_id == source).scalar_subquery()
    rows = session.execute(
        select(Remark.__table__)
        .where(Remark.act_id == source, Remark.edition == current, not_(OF_VOID_ROUND))
        .order_by(Remark.n)
    ).mappings()
    made: dict[int, int] = {}
    for number, row in enumerate(rows, start=1):
        kept = {name: value for name, value in row.items() if name not in _OF_ITS_OWN}
        own = {"act_id": target, "n": number, "edition": 1, "recorded_at": now, "recorded_n": 1}
        merged = made.get(row["merged_into"]) if row["merged_into"] else None
        made[row["id"]] = session.execute(
            insert(Remark).values(**kept, **own, merged_into=merged).returning(Remark.id)
        ).scalar_one()


def faults_of(remark: NewRemark) -> Iterator[Refusal]:
    """What a remark lacks, naming its fields."""
    if remark.kind not in KINDS:
        yield Refusal("not_a_choice", {"choices": ", ".join(KINDS)}, "kind")
    if not remark.text and not remark.wording:
        yield Refusal("remark_without_words", {}, "text")
    if not (remark.author_person or remark.author_body or remark.author_name):
        yield Refusal("remark_without_author", {}, "author")


@dataclass(frozen=True, slots=True)
class GivenRemark:
    """A remark as somebody types it: raw values. The author is one or more of: a person (address
    or number), the key of a body, words. An answer that comes with it is proposed.
    """

    text: Any = ""
    wording: Any = None
    place: Any = ""
    eid: Any = None
    kind: Any = "other"
    language: Any = None
    author_person: Any = None
    author_body: Any = None
    author_name: Any = None
    letter_ref: Any = None
    response: Any = None
    reason: Any = None


def enter_remark(
    reference: str, given: GivenRemark, *, edition: Any = None, actor: Actor, now: datetime
) -> int:
    """Enter one remark, as from a letter, on the current edition or the one named; returns its
    id. Raises NotFound, Forbidden, Invalid or Refused.
    """
    with unit_of_work() as session:
        begun = begin(session, reference, "enter_remark", actor, now)
        number = edition_of(begun, edition)
        remark, faults = cleaned(session, given, "entered")
        if faults:
            raise Invalid(*faults)
        found = record_remarks(
            session, begun.row, number, placed(session, begun.row.id, number, [remark]), now
        )
        record(begun, "enter_remark", found, now, {"on": number})
    return found[0]


def import_remarks(
    reference: str,
    given: Sequence[GivenRemark],
    answers: Sequence[Answer] = (),
    *,
    edition: Any = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Take in a table: new remarks on an edition, with the answers it has for them, and answers
    to remarks that are there. All or nothing; returns how many remarks are new.
    """
    with unit_of_work() as session:
        begun = begin(session, reference, "enter_remark", actor, now)
        answered = [one for one in given if one.response not in (None, "")]
        if (answered or answers) and not may(
            assembly.assembly(), actor, "propose_answer", begun.facts
        ):
            raise Forbidden(Refusal("not_permitted"))
        if len(given) + len(answers) > MOST_IMPORTED:
            raise invalid("file", "too_many_remarks", limit=MOST_IMPORTED)
        if not given and not answers:
            raise invalid("file", "no_remarks_in_file")
        number = edition_of(begun, edition)
        made, faults = _all_cleaned(session, given)
        if faults:
            raise Invalid(*faults)
        found = record_remarks(
            session, begun.row, number, placed(session, begun.row.id, number, made), now
        )
        own = [
            Answer(remark, one.response, one.reason)
            for remark, one in zip(found, given, strict=True)
            if one.response not in (None, "")
        ]
        for part in _parts([*own, *answers]):
            propose(begun, part, now)
        counts = {"on": number, "answers": len(own) + len(answers)}
        record(begun, "import_remarks", found, now, counts)
    return len(found)


def cleaned(
    session: Session, given: GivenRemark, source: Source
) -> tuple[NewRemark, list[Refusal]]:
    """A remark of the values given, and what is wrong with them by field."""
    faults: list[Refusal] = []

    def clean(name: str, take: Any, default: Any) -> Any:
        raw = getattr(given, name)
        try:
            return take(raw) or default if raw not in (None, "") else default
        except fields.Unfit as unfit:
            faults.append(Refusal(unfit.code, unfit.params, name))
            return default

    rules = assembly.assembly()
    language = given.language or rules.authentic
    if language not in rules.languages:
        choices = {"choices": ", ".join(rules.languages)}
        faults.append(Refusal("not_a_choice", choices, "language"))
    body = given.author_body or None
    if body is not None and (not isinstance(body, str) or body not in rules.bodies):
        faults.append(Refusal("no_such_body", {}, "author_body"))
    person = _author(session, given.author_person)
    if person is None and given.author_person not in (None, ""):
        faults.append(Refusal("no_such_person", {}, "author_person"))
    remark = NewRemark(
        eid=clean("eid", fields.line, None),
        place=clean("place", fields.line, ""),
        kind=given.kind or "other",
        text=clean("text", fields.text, ""),
        wording=clean("wording", fields.text, None),
        language=language,
        author_person=person.id if person else None,
        author_body=body,
        author_name=clean("author_name", fields.line, None),
        source=source,
        letter_ref=clean("letter_ref", fields.line, None),
    )
    told = {fault.field for fault in faults}
    authors = {"author_body", "author_person", "author_name"}
    faults += [
        fault
        for fault in faults_of(remark)
        if fault.field not in told and not (fault.field == "author" and told & authors)
    ]
    return remark, faults


def _author(session: Session, given: Any) -> Person | None:
    """Who is named: as a person already, or by an address or a number."""
    if given is None or given == "":
        return None
    return given if isinstance(given, Person) else find_person(session, str(given))


def _all_cleaned(
    session: Session, given: Sequence[GivenRemark]
) -> tuple[list[NewRemark], list[Refusal]]:
    made, faults = [], []
    for place, one in enumerate(given):
        remark, wrong = cleaned(session, one, "import")
        made.append(remark)
        faults += [replace(fault, field=f"remarks.{place}.{fault.field}") for fault in wrong]
    return made, faults


def placed(
    session: Session, act_id: int, edition: int, remarks: Sequence[NewRemark]
) -> list[NewRemark]:
    """The remarks with the names of their provisions, where the text has what was typed."""
    unplaced = {one.language for one in remarks if one.eid is None and one.place}
    texts = {
        language: provisions_of(read_document(session, act_id, edition, language))
        for language in sorted(unplaced)
    }
    return [
        replace(one, eid=resolve(one.place, texts[one.language]))
        if one.eid is None and one.place
        else one
        for one in remarks
    ]


def _parts(answers: Sequence[Answer]) -> Iterator[Sequence[Answer]]:
    """As many at once as one change of the table may take."""
    for start in range(0, len(answers), MOST_PER_PAGE):
        yield answers[start : start + MOST_PER_PAGE]
