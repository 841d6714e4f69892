"""Positions and the Council's decision as JSON."""

from __future__ import annotations

from tracker.api.shapes import Json, iso, person_json
from tracker.sittings.queries import Ballot
from tracker.sittings.reading import DecisionText


def ballot_json(ballot: Ballot) -> Json:
    return {
        "id": f"{ballot.reference}.{ballot.n}",
        "act": ballot.reference,
        "n": ballot.n,
        "member": person_json(ballot.member),
        "entered_by": person_json(ballot.entered_by),
        "vote": ballot.vote,
        "text": ballot.text,
        "letter_ref": ballot.letter_ref,
        "given_at": iso(ballot.given_at),
        "replaced": ballot.replaced,
    }


def decision_json(decision: DecisionText) -> Json:
    return {
        "id": f"{decision.reference}.{decision.n}",
        "act": decision.reference,
        "body": decision.body,
        "source": "sitting" if decision.at_sitting else "positions",
        "adopted": decision.adopted,
        "decided_on": str(decision.decided) if decision.decided else None,
        "minutes_ref": decision.minutes_ref,
        "result": decision.result,
        "present": None
        if decision.present is None
        else [person_json(person) for person in decision.present],
        "objections": None
        if decision.objections is None
        else [
            {"member": person_json(person), "text": text} for person, text in decision.objections
        ],
    }
