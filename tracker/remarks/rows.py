"""Remarks as an opinion or a reply carries them: rows of a form or of a call, judged here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from tracker import assembly
from tracker.errors import Invalid
from tracker.remarks.operations import KINDS, NewRemark, placed
from workflows import fields
from workflows.facts import Refusal

MOST_REMARKS = 300
_PARTS = ("eid", "place", "kind", "text", "wording")
_LINES = ("eid", "place", "kind")


def judged_remarks(raw: Any) -> list[dict[str, str]]:
    """Remarks as they can be sent; raises Invalid naming row and part."""
    remarks = drafted_remarks(raw)
    faults = []
    for number, remark in enumerate(remarks):
        if not remark["kind"]:
            faults.append(Refusal("remark_kind", {}, f"remarks.{number}.kind"))
        elif remark["kind"] not in KINDS:
            params = {"choices": ", ".join(KINDS)}
            faults.append(Refusal("not_a_choice", params, f"remarks.{number}.kind"))
        if not (remark["text"] or remark["wording"]):
            faults.append(Refusal("remark_text", {}, f"remarks.{number}.text"))
    if faults:
        raise Invalid(*faults)
    return remarks


def drafted_remarks(raw: Any) -> list[dict[str, str]]:
    """Remarks however far they are written; empty rows are left out. Raises Invalid."""
    if raw is None:
        return []
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise Invalid(Refusal("not_a_list", {}, "remarks"))
    if len(raw) > MOST_REMARKS:
        raise Invalid(Refusal("too_many", {"limit": MOST_REMARKS}, "remarks"))
    found: list[dict[str, str]] = []
    faults: list[Refusal] = []
    for given in raw:
        remark = _remark(given, len(found), faults)
        if any(remark[part] for part in ("text", "wording", "place", "eid")):
            found.append(remark)
    if faults:
        raise Invalid(*faults)
    return found


def _remark(given: Any, number: int, faults: list[Refusal]) -> dict[str, str]:
    place = f"remarks.{number}"
    if not isinstance(given, Mapping):
        faults.append(Refusal("not_an_object", {}, place))
        return dict.fromkeys(_PARTS, "")
    remark = {}
    for part in _PARTS:
        try:
            clean = fields.line if part in _LINES else fields.text
            remark[part] = clean(given.get(part) or "")
        except fields.Unfit as unfit:
            faults.append(Refusal(unfit.code, unfit.params, f"{place}.{part}"))
            remark[part] = ""
    return remark


def new_remarks(
    session: Session, act_id: int, edition: int, rows: Sequence[Mapping[str, str]], **whose: Any
) -> list[NewRemark]:
    """Judged rows as remarks on an edition; `whose` says of each of them who made it, and where.
    One statement where a provision is named in words only.
    """
    language = assembly.assembly().authentic
    made = [
        NewRemark(
            eid=row["eid"] or None,
            place=row["place"],
            kind=row["kind"],
            text=row["text"],
            wording=row["wording"] or None,
            language=language,
            **whose,
        )
        for row in rows
    ]
    return placed(session, act_id, edition, made)
