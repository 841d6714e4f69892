"""Remarks beside the text, and those that a new edition may carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker import clock
from tracker.acts.facts import Wanted, gather
from tracker.acts.queries import act_rows
from tracker.paging import Paging
from tracker.remarks.models import Remark
from tracker.remarks.provisions import (
    ProvisionText,
    provisions_of,
    read_document,
    stands_in,
)
from tracker.remarks.reading import Filter, RemarkPart, read_remarks, sight_of
from tracker.structure.characters import key
from tracker.texts.structures import KeptNames, kept_names
from workflows.facts import Actor

MOST_IN_MARGIN = 2_000


@dataclass(frozen=True, slots=True)
class RemarkMark:
    """A remark as it stands in the margin of its provision."""

    id: int
    n: int
    edition: int
    kind: str
    state: str
    response: str | None
    carried_by: int | None
    text: str
    wording: str | None


def by_eid(
    session: Session, act_id: int, edition: int, actor: Actor
) -> Mapping[str, Sequence[RemarkMark]]:
    """The remarks beside an edition that the actor sees, by provision: those made on it, those on
    the whole of it under "", and those made on earlier editions whose provision it still has, under
    its name here. At most eight statements.
    """
    facts = gather(session, act_rows(session, [act_id]), Wanted(frozenset()), clock.now())
    found: dict[str, list[RemarkMark]] = {}
    if not facts:
        return found
    sight = sight_of(actor, facts[0])
    wanted = Filter(up_to=edition)
    page = read_remarks(session, sight, wanted, "number", Paging(1, MOST_IN_MARGIN))
    earlier = any(part.edition < edition and part.eid for part in page.items)
    names = kept_names(session, act_id, edition) if earlier else {}
    for part in page.items:
        eid: str | None = part.eid or ""
        if part.edition < edition:
            eid = _name_now(part, names, edition)
        if eid is not None:
            found.setdefault(eid, []).append(_mark(part))
    return found


def _name_now(
    part: RemarkPart, names: Mapping[tuple[int, str], KeptNames], edition: int
) -> str | None:
    """What the provision of an earlier remark is called in an edition; None where it is gone."""
    then, now = names.get((part.edition, part.language)), names.get((edition, part.language))
    if part.eid is None or then is None or now is None:
        return None
    return now.eid_of(then.wid_of(part.eid))


def _mark(part: RemarkPart) -> RemarkMark:
    return RemarkMark(
        part.id, part.n, part.edition, part.kind, part.state, part.response, part.carried_by,
        part.text, part.wording,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carrying:
    """An accepted remark that an edition may carry. `why`: its wording "stands" in the provision,
    the provision has "changed" or is "unchanged", or that is "unknown".
    """

    remark: int
    why: str

    @property
    def proposed(self) -> bool:
        return self.why in ("stands", "changed")


def propose_carried(session: Session, act_id: int, edition: int) -> list[Carrying]:
    """For each accepted remark on an earlier edition that none carries yet: whether `edition`
    seems to carry it.
    """
    rows = session.execute(
        select(Remark.id, Remark.edition, Remark.language, Remark.eid, Remark.wording)
        .where(
            Remark.act_id == act_id,
            Remark.edition < edition,
            Remark.carried_by.is_(None),
            and_(Remark.response.is_not(None), Remark.response.in_(("accepted", "partly"))),
        )
        .order_by(Remark.ordering, Remark.id)
    ).all()
    texts: dict[tuple[int, str], Mapping[str, ProvisionText]] = {}
    for number, language in sorted({(row.edition, row.language) for row in rows}):
        for each in (number, edition):
            if (each, language) not in texts:
                document = read_document(session, act_id, each, language)
                texts[each, language] = provisions_of(document)
    return [
        Carrying(
            row.id,
            _why(
                row.eid,
                row.wording,
                texts[row.edition, row.language],
                texts[edition, row.language],
            ),
        )
        for row in rows
    ]


def _why(
    eid: str | None,
    wording: str | None,
    old: Mapping[str, ProvisionText],
    new: Mapping[str, ProvisionText],
) -> str:
    if not new:
        return "unknown"
    before = old.get(eid or "")
    after = next(_same(before, new), None) if before else new.get(eid or "")
    if after is not None and stands_in(wording, after.text):
        return "stands"
    if before is None:
        return "unknown"
    if after is None:
        return "changed"
    same = key(f"{before.title} {before.text}") == key(f"{after.title} {after.text}")
    return "unchanged" if same else "changed"


def _same(before: ProvisionText, new: Mapping[str, ProvisionText]) -> Iterator[ProvisionText]:
    """The provision of another edition that keeps the name of this one."""
    return (one for one in new.values() if one.wid == before.wid)
