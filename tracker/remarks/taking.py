"""What a table that comes in would do: new remarks, answers to those that are there, faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.remarks.answering import Answer
from tracker.remarks.columns import body_of, is_whole, kind_of, response_of
from tracker.remarks.models import Remark
from tracker.remarks.operations import GivenRemark, cleaned
from tracker.remarks.sheet import SheetRead, SheetRow
from tracker.structure.characters import key
from workflows.facts import Refusal

_NEED_A_REASON = ("partly", "not_accepted")


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row of the file; `column` as the file calls it."""

    row: int
    column: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a table in would do. `same`: rows that say what is there already."""

    new: Sequence[GivenRemark]
    answers: Sequence[Answer]
    same: int
    faults: Sequence[RowFault]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose the rows are: those that name no author, or with `all_rows` every one."""

    body: str | None = None
    name: str | None = None
    all_rows: bool = False


def plan_of(session: Session, act_id: int, read: SheetRead, whose: Whose) -> Plan:
    """A row with the number and the words of a remark that is there is that remark, and only its
    answer is taken; any other row is a new remark. One statement.
    """
    there = {
        (remark.n, _same(remark.text, remark.wording)): remark
        for remark in session.execute(
            select(
                Remark.id, Remark.n, Remark.text, Remark.wording, Remark.response, Remark.reason,
                Remark.version, Remark.confirmed_at, Remark.merged_into,
            ).where(Remark.act_id == act_id)
        )
    }  # fmt: skip
    new: list[GivenRemark] = []
    answers: list[Answer] = []
    faults: list[RowFault] = []
    same = 0
    for row in read.rows:
        values = row.values
        number = values.get("n", "")
        known = there.get(
            (
                int(number) if number.isdecimal() and len(number) < 10 else 0,  # noqa: PLR2004
                _same(values.get("text", ""), values.get("wording")),
            )
        )
        given = _given(row, whose)
        faults += [
            RowFault(row.number, read.titles.get(fault.field or "", fault.field or ""), fault)
            for fault in _faults(session, row, given, new_one=known is None)
        ]
        if known is None:
            new.append(given)
        elif given.response is None or _answered(known, given):
            same += 1
        elif known.confirmed_at is not None or known.merged_into is not None:
            code = "answer_is_confirmed" if known.confirmed_at else "remark_is_merged"
            refusal = Refusal(code, {"number": known.n}, "response")
            faults.append(RowFault(row.number, read.titles.get("response", ""), refusal))
        else:
            answers.append(Answer(known.id, given.response, given.reason, known.version))
    return Plan(new, answers, same, faults)


def _same(text: str, wording: str | None) -> tuple[str, str]:
    return key(text).casefold(), key(wording or "").casefold()


def _answered(known: Any, given: GivenRemark) -> bool:
    return bool(known.response == given.response and (known.reason or "") == (given.reason or ""))


def _given(row: SheetRow, whose: Whose) -> GivenRemark:
    values = row.values
    author = "" if whose.all_rows else values.get("author", "")
    body = body_of(author) if author else whose.body
    name = author if author and body is None else whose.name
    return GivenRemark(
        text=values.get("text", ""),
        wording=values.get("wording") or None,
        place="" if is_whole(values.get("place", "")) else values.get("place", ""),
        kind=kind_of(values["kind"]) if values.get("kind") else "other",
        author_body=body,
        author_name=name if body is None else None,
        letter_ref=values.get("letter_ref"),
        response=response_of(values["response"]) if values.get("response") else None,
        reason=values.get("reason") or None,
    )


_FIELDS: Mapping[str, str] = {"author_body": "author", "author_name": "author"}


def _faults(
    session: Session, row: SheetRow, given: GivenRemark, *, new_one: bool
) -> Iterator[Refusal]:
    """What is wrong in a row, naming its columns."""
    for name in sorted(row.formulas):
        yield Refusal("sheet_formula", {}, name)
    values = row.values
    if values.get("response") and given.response is None:
        yield Refusal("sheet_response", {"words": values["response"][:60]}, "response")
    if given.response in _NEED_A_REASON and not given.reason:
        yield Refusal("reason_for_refusing", {}, "reason")
    if not new_one:
        return
    if given.kind is None:
        yield Refusal("sheet_kind", {"words": values["kind"][:60]}, "kind")
    _remark, faults = cleaned(session, given, "import")
    for fault in faults:
        name = fault.field or ""
        if name != "kind" or given.kind is not None:
            yield Refusal(fault.code, fault.params, _FIELDS.get(name, name))
