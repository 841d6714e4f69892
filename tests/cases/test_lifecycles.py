"""Real lifecycles replayed: what public sources tell, in order, and no date that they do not.

The events of the sister assembly run on this one's bodies. A step that no source shows is assumed
and has no date. After each event the public page's first line and the holder are looked at.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests import seen
from tracker.acts.dossier import dossier
from tracker.acts.operations import advance, set_visibility
from tracker.acts.summaries import Event
from tracker.admission.operations import Past, Proposal, admit_act
from tracker.db import db
from tracker.permissions import PUBLIC
from tracker.timeline.audit import audit
from tracker.timeline.history import history, stretches
from workflows.facts import Actor

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROAD = {
    "proposed": ("open_concept", "concept"),
    "concept": ("approve_concept", "drafting"),
    "drafting": ("submit_to_eab", "eab_review"),
    "eab_review": ("refer_to_commission", "commission"),
    "commission": ("approve_in_commission", "council"),
    "council": ("include_in_agenda", "plenary"),
}
"""The road on which steps that no source shows are assumed."""
EVENTS = {
    "concept_approved(reported)": ("concept", "approve_concept", "drafting"),
    "on_agenda": ("council", "include_in_agenda", "plenary"),
    "work_continues": ("commission", "continue_work", "commission"),
    "discussed": ("commission", "continue_work", "commission"),
    "amendments_reported": ("commission", "continue_work", "commission"),
    "reviewed": ("commission", "continue_work", "commission"),
    "considered": ("council", "include_in_agenda", "plenary"),
}
"""What the sources call an event: where it happens, the step here, the state after it."""
HOLDERS = {"drafting": "institute", "commission": "political", "plenary": "assembly"}


def cases_file() -> Path | None:
    found = (folder / "shared/cases/cases.csv" for folder in Path(__file__).parents)
    return next((path for path in found if path.is_file()), None)


def cases() -> dict[str, list[dict[str, str]]]:
    """The cases whose kind has a procedure here, by their key."""
    path = cases_file()
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    if path is not None:
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["kind"] in ("model_law", "model_code", "recommendations"):
                    found[row["case"]].append(row)
    return found


CASES = cases()


def past_of(rows: list[dict[str, str]]) -> tuple[list[Past], str]:
    """The history up to the last of some events, with assumed steps between them."""
    past: list[Past] = []
    at = "proposed"
    for row in rows:
        source, action, after = EVENTS[row["decision"]]
        while at != source:
            name, at = ROAD[at]
            past.append(Past(name, basis="assumed"))
        past.append(Past(action, decided_on=row["date"], basis="press"))
        at = after
    return past, at


@pytest.fixture
def admit(as_):
    def take(rows):
        past, state = past_of(rows)
        proposal = Proposal(
            rows[0]["kind"],
            {"ru": f"{rows[0]['title']} (пример из печати)", "en": rows[0]["title"]},
            "secretariat",
            lead_body="political",
            basis="assumed",
        )
        staff = as_("secretariat")
        reference = admit_act(proposal, state, past, actor=staff, now=NOW)
        set_visibility(reference, "public", actor=staff, now=NOW)
        return reference

    return take


def public(reference: str) -> tuple[Event, str | None]:
    """The last event and the holder's body as the public page states them."""
    act = dossier(db.session(), reference, PUBLIC, NOW).act
    assert act.last_event == act.last_step
    assert act.last_event is not None
    assert act.holder is not None
    assert (act.due, act.holder.persons, act.last_event.actor) == (None, (), None)
    return act.last_event, act.holder.body


def happenings(reference: str, actor: Actor):
    facts = dossier(db.session(), reference, actor, NOW).act.facts
    return history(db.session(), facts, actor)


def test_the_cases_are_those_we_know():
    if not CASES:
        pytest.skip("the shared cases are not beside this repository")
    assert set(CASES) == {"C-03", "I-05", "I-06", "I-11", "I-14"}
    assert {row["decision"] for rows in CASES.values() for row in rows} <= EVENTS.keys()


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_lifecycle_is_told_as_its_sources_tell_it(app, as_, admit, case):
    rows = CASES[case]
    staff = as_("secretariat")
    for count in range(1, len(rows) + 1):
        known = rows[:count]
        reference = admit(known)
        last = known[-1]
        event, holder = public(reference)
        _source, action, state = EVENTS[last["decision"]]
        assert (event.action, str(event.decided), event.basis) == (action, last["date"], "press")
        assert holder == HOLDERS[state]
        dated = [e for e in seen.timeline(reference) if e.decided_precision == "day"]
        assert [entry.decided_on.isoformat() for entry in dated] == [row["date"] for row in known]
        assert all(entry.recorded_at == NOW for entry in dated)
        undated = [e for e in seen.timeline(reference) if e.decided_precision == "unknown"]
        assert {entry.basis for entry in undated} == {"assumed"}
        first, end = (date.fromisoformat(row["date"]) for row in (known[0], last))
        spent = stretches(happenings(reference, staff), end)
        assert sum(stretch.days for stretch in spent) == (end - first).days
    assert [str(f) for act in audit(db.session()) for f in act.findings] == []


def test_an_assumed_step_is_never_what_the_public_reads_last(app, as_, admit):
    """A draft passes from one commission to the next on a day that no source gives."""
    rows = CASES.get("I-05")
    if not rows:
        pytest.skip("the shared cases are not beside this repository")
    reference = admit(rows[:1])
    assumed = {"decided_on": "unknown", "basis": "assumed"}
    staff = {"actor": as_("secretariat"), "now": NOW}
    data = {"lead_body": "social", "reason": "Источник не найден", **assumed}
    advance(reference, "rerefer", **staff, data=data)
    event, holder = public(reference)
    assert (event.action, str(event.decided)) == ("continue_work", rows[0]["date"])
    assert holder == "social"
    data = {"decided_on": rows[1]["date"], "basis": "press"}
    advance(reference, "continue_work", actor=as_("social.chair"), now=NOW, data=data)
    event, holder = public(reference)
    assert (event.action, str(event.decided), holder) == (
        "continue_work",
        rows[1]["date"],
        "social",
    )
    first, last = (date.fromisoformat(row["date"]) for row in rows)
    spent = stretches(happenings(reference, as_("secretariat")), last)
    assert [(stretch.states, stretch.days) for stretch in spent] == [
        (("commission",), (last - first).days),
        (("commission",), 0),
    ]
    assert seen.timeline(reference)[-1].recorded_at == NOW


def test_steps_on_unknown_days_share_one_stretch(app, as_, now):
    reference = admit_act(
        Proposal("model_law", {"ru": "Пример"}, "secretariat", decided_on="2020-01-10"),
        "commission",
        [
            Past("open_concept", decided_on="2020-02-09"),
            Past("approve_concept"),
            Past("submit_to_eab", decided_on="2020-05"),
            Past("refer_to_commission", decided_on="2020-07-08"),
        ],
        actor=as_("secretariat"),
        now=now,
    )
    spent = stretches(happenings(reference, as_("secretariat")), date(2020, 7, 18))
    assert [(stretch.states, stretch.days) for stretch in spent] == [
        (("proposed",), 30),
        (("concept", "drafting", "eab_review"), 150),
        (("commission",), 10),
    ]
