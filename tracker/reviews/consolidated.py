"""The Board's opinion: compiled from the experts', edited, issued once and then frozen.

What is compiled is a proposal: the recommendations counted, general parts one after another,
remarks by provision. Experts are named in it only where the assembly's file says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, insert, or_, select, update
from sqlalchemy.orm import Session

from tracker import i18n
from tracker.acts.effects import head_of
from tracker.acts.operations import check_version, facts_for_notice, locked
from tracker.acts.queries import act_rows
from tracker.db import to_json, unit_of_work
from tracker.errors import Forbidden, Invalid, Refused, invalid
from tracker.i18n import gettext as _
from tracker.i18n import ngettext
from tracker.permissions import behalf, may
from tracker.remarks.words import KINDS as REMARK_KINDS
from tracker.reviews.models import BoardOpinion
from tracker.reviews.opinions import RECOMMENDATIONS
from tracker.reviews.reading import ReviewPart, read_reviews
from tracker.reviews.recording import record, tell_of
from tracker.reviews.words import RECOMMENDATIONS as SAID
from workflows import fields
from workflows.audience import Telling, tell
from workflows.facts import ActFacts, Actor, Refusal

MOST_SECTIONS = 200


@dataclass(frozen=True, slots=True)
class Compiled:
    """A proposal for the Board's opinion."""

    counts: Mapping[str, int]
    experts: Sequence[str]
    sections: Sequence[dict[str, str]]


def find_opinion(session: Session, act_id: int, visit: int | None = None) -> BoardOpinion | None:
    """The Board's opinion in one examination, issued or not; else the latest that is issued."""
    here = BoardOpinion.visit == (visit or 0)
    return session.scalar(
        select(BoardOpinion)
        .where(BoardOpinion.act_id == act_id, or_(here, BoardOpinion.issued_at.is_not(None)))
        .order_by(case((here, 0), else_=1), BoardOpinion.visit.desc())
        .limit(1)
    )


def compile_opinion(reviews: Iterable[ReviewPart], *, named: bool) -> Compiled:
    """What the Board's opinion can be made from, in the present language."""
    given = [review for review in reviews if review.state == "submitted"]
    opinions = [review for review in given if not review.advisory]
    counts = Counter(review.recommendation or "" for review in opinions)
    sections = [{"heading": _("Recommendations of the experts"), "text": _counted(counts)}]
    for number, review in enumerate(opinions, start=1):
        sections.append({"heading": _heading(number, review, named=named), "text": _whole(review)})
    sections += [
        {"heading": _("Guideline (advisory)"), "text": _whole(review)}
        for review in given
        if review.advisory
    ]
    sections += _remarks(given)
    names = [review.expert.name(i18n.language()) for review in opinions] if named else []
    return Compiled({key: counts[key] for key in RECOMMENDATIONS if counts[key]}, names, sections)


def _counted(counts: Mapping[str, int]) -> str:
    lines = []
    for key in RECOMMENDATIONS:
        if counts[key]:
            number = ngettext("%(num)s expert", "%(num)s experts", counts[key])
            lines.append(f"{SAID[key]}: {number}")
    return "\n".join(lines)


def _heading(number: int, review: ReviewPart, *, named: bool) -> str:
    if named:
        return _("Opinion of %(name)s", name=review.expert.name(i18n.language()))
    return _("Opinion %(number)s", number=number)


def _whole(review: ReviewPart) -> str:
    """The general part of an opinion, with what was added."""
    return "\n\n".join([review.text or "", *(each.text for each in review.addenda)])


def _remarks(reviews: Iterable[ReviewPart]) -> list[dict[str, str]]:
    """Remarks under the provisions they are about, those on the whole draft first."""
    by_place: dict[str, list[str]] = {}
    for review in reviews:
        for remark in _all_remarks(review):
            lines = [f"— {remark['text']} ({REMARK_KINDS[remark['kind']]})"]
            if remark["wording"]:
                lines.append(_("Proposed wording: %(wording)s", wording=remark["wording"]))
            by_place.setdefault(remark["place"], []).append("\n".join(lines))
    whole = by_place.pop("", [])
    places = [(_("Remarks on the draft as a whole"), whole)] if whole else []
    return [
        {"heading": heading, "text": "\n\n".join(texts)}
        for heading, texts in [*places, *by_place.items()]
    ]


def _all_remarks(review: ReviewPart) -> list[Mapping[str, str]]:
    return [*review.remarks, *(each for added in review.addenda for each in added.remarks)]


def save_board_opinion(
    reference: str,
    recommendation: Any,
    sections: Any,
    *,
    revision: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep the opinion as far as it is edited; returns its new revision. Nothing is recorded and
    nobody else but its editors sees it. With `revision`, only if nobody has changed it since.
    """
    with unit_of_work() as session:
        row, facts = _edited(session, reference, actor, now)
        return _save(session, row, facts, recommendation, sections, revision, actor, now)


def issue_board_opinion(
    reference: str,
    recommendation: Any = None,
    sections: Any = None,
    *,
    revision: int | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Issue the opinion as it was saved, or as it is given here. It stays as it is from then on."""
    with unit_of_work() as session:
        row, facts = _edited(session, reference, actor, now)
        check_version(row, version)
        found = session.get(BoardOpinion, (row.id, row.visit), populate_existing=True)
        if found is not None and found.issued_at is not None:
            raise Refused(Refusal("board_opinion_issued"), act_id=row.id)
        if sections is not None or recommendation is not None or found is None:
            chosen = found.recommendation if found and recommendation is None else recommendation
            kept = found.sections if found and sections is None else sections
            _save(session, row, facts, chosen, kept, revision, actor, now)
        elif revision is not None and revision != found.revision:
            raise Refused(Refusal("board_opinion_changed"), act_id=row.id)
        opinion = session.get_one(BoardOpinion, (row.id, row.visit), populate_existing=True)
        if opinion.recommendation not in RECOMMENDATIONS:
            raise invalid("recommendation", "not_a_choice", choices=", ".join(RECOMMENDATIONS))
        if not opinion.sections:
            raise invalid("sections", "no_sections")
        opinion.issued_at, opinion.issued_n = now, row.version + 1
        opinion.sha256 = digest_of(opinion)
        data = {
            "recommendation": opinion.recommendation,
            "opinions": sum(opinion.counts.values()),
            "sha256": opinion.sha256,
        }
        entry = record(
            session, head_of(row), actor, now, "issue_opinion", data,
            behalf=behalf(facts.setting.assembly, actor, "issue_opinion", facts),
        )  # fmt: skip
        tell_of(session, facts, "opinion_issued", entry, actor, now, within=opinion_readers(facts))


def told_of_issue(session: Session, act_id: int, actor: Actor, now: datetime) -> list[Telling]:
    """Who will be told when the opinion is issued, whoever issues it among them. Nothing is
    written.
    """
    row = act_rows(session, [act_id])[0]
    facts = facts_for_notice(session, row, now, "opinion_issued")
    readers = opinion_readers(facts)
    return [each for each in tell(facts, "opinion_issued", actor) if each.person.id in readers]


def opinion_readers(facts: ActFacts) -> frozenset[int]:
    """Of the persons in `facts`, those who may read the issued opinion: the table permits it to a
    seat of theirs, in a body that sees the act.
    """
    concerned = {body for bodies in facts.bodies.values() for body in bodies}
    rules, people = facts.setting.assembly, facts.setting.people
    seats = {seat for party in rules.permissions["see_opinion"] for seat in facts.seats(party)}
    return frozenset(
        person.id for seat in seats if seat[0] in concerned for person in people.get(seat, ())
    )


def digest_of(opinion: BoardOpinion) -> str:
    """What an issued opinion says, in one SHA-256: the timeline keeps it."""
    said = [
        opinion.edition,
        opinion.language,
        opinion.recommendation,
        dict(opinion.counts),
        list(opinion.experts),
        list(opinion.sections),
    ]
    return hashlib.sha256(to_json(said).encode()).hexdigest()


def _edited(
    session: Session, reference: str, actor: Actor, now: datetime
) -> tuple[Row[Any], ActFacts]:
    """The act, locked, of somebody who edits the opinion where the act is examined."""
    row = locked(session, reference, actor)
    facts = facts_for_notice(session, row, now, "opinion_issued")
    if not may(facts.setting.assembly, actor, "issue_opinion", facts):
        raise Forbidden(Refusal("not_permitted"))
    if "assign_review" not in facts.procedure.state(row.state).within:
        raise Refused(Refusal("no_reviews_now", {"state": row.state}), act_id=row.id)
    return row, facts


def _save(
    session: Session,
    row: Row[Any],
    facts: ActFacts,
    recommendation: Any,
    sections: Any,
    revision: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    reviews = [each for each in read_reviews(session, row.id) if each.visit == row.visit]
    given = [each for each in reviews if each.state == "submitted" and not each.advisory]
    if not given:
        raise Refused(Refusal("no_opinion"), act_id=row.id)
    found = session.get(BoardOpinion, (row.id, row.visit), populate_existing=True)
    if found is not None and found.issued_at is not None:
        raise Refused(Refusal("board_opinion_issued"), act_id=row.id)
    if revision is not None and revision != (found.revision if found else 0):
        raise Refused(Refusal("board_opinion_changed"), act_id=row.id)
    rules = facts.setting.assembly
    with i18n.speaking(rules.authentic):
        proposal = compile_opinion(reviews, named=rules.opinions == "named")
    values = {
        "edition": row.edition,
        "language": rules.authentic,
        "recommendation": recommendation if recommendation in RECOMMENDATIONS else None,
        "counts": dict(proposal.counts),
        "experts": list(proposal.experts),
        "sections": list(proposal.sections) if sections is None else _sections(sections),
        "changed_at": now,
        "changed_by": actor.person,
    }
    if found is None:
        key = {"act_id": row.id, "visit": row.visit}
        session.execute(insert(BoardOpinion).values(**key, revision=1, **values))
        return 1
    mine = (BoardOpinion.act_id == row.id, BoardOpinion.visit == row.visit)
    following = found.revision + 1
    session.execute(update(BoardOpinion).where(*mine).values(revision=following, **values))
    return following


def _sections(raw: Any) -> list[dict[str, str]]:
    """Sections cleaned; those without a text are left out. Raises Invalid."""
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise invalid("sections", "not_a_list")
    if len(raw) > MOST_SECTIONS:
        raise invalid("sections", "too_many", limit=MOST_SECTIONS)
    found: list[dict[str, str]] = []
    faults = []
    for given in raw:
        place = f"sections.{len(found)}"
        if not isinstance(given, Mapping):
            raise invalid(place, "not_an_object")
        section = {}
        for part, clean in (("heading", fields.line), ("text", fields.text)):
            try:
                section[part] = clean(given.get(part) or "")
            except fields.Unfit as unfit:
                faults.append(Refusal(unfit.code, unfit.params, f"{place}.{part}"))
        if section.get("text"):
            found.append(section)
    if faults:
        raise Invalid(*faults)
    return found
