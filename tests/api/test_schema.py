"""Generated calls against the whole documentation: no fault of ours, nothing undocumented.

Half of the paths name acts, reviews and notices that there are, so that calls get past the door.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.api.conftest import Api
from tests.circulation.rounds import open_round, say
from tests.road import ROAD, bring_to
from tracker.db import db
from tracker.remarks.operations import GivenRemark, enter_remark
from tracker.reviews.operations import assign_review

EXAMPLES = 9
WHO = ("secretariat", "eab.secretary", "defence.secretary", "drafter", "council.kz")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]

SOUND = {
    "/acts": {"kind": "model_law", "titles": {"ru": "О проверке"}, "initiator": "eab"},
    "/acts/bulk": {
        "action": "postpone",
        "reason": "Нет",
        "acts": [{"ref": "MA-2026-005", "version": 7}],
    },
    "/acts/{reference}/actions/{name}/preview": {"reason": "Проверка"},
    "/acts/{reference}/visibility": {"visibility": "public"},
    "/acts/{reference}/reviews": {"expert": "eab.expert5@demo.example.org"},
    "/reviews/{review}/opinion": {"recommendation": "revise", "text": "Доработать"},
    "/acts/{reference}/circulations": {"addressees": ["agency"], "due": "2027-01-15"},
    "/circulations/{circulation}/replies": {
        "addressee": "parliament_kz",
        "kind": "no_remarks",
        "letter_ref": "1",
    },
    "/circulations/{circulation}/extensions": {
        "addressee": "agency",
        "due": "2027-02-15",
        "reason": "Просьба",
    },
    "/acts/{reference}/remarks": {"text": "Уточнить", "author_name": "Ведомство"},
    "/acts/{reference}/remarks/answers": {"answers": [{"remark": "1", "response": "noted"}]},
    "/remarks/{remark}/answer": {"response": "accepted"},
    "/remarks/{remark}/reopen": {"reason": "Письмо"},
    "/acts/{reference}/ballots": {"vote": "yes"},
    "/acts/{reference}/decision": {"decided_on": "2026-11-24", "minutes_ref": "4", "present": []},
}
"""Bodies that some of the calls take, by the call's path: a third of the cases."""


@pytest.fixture
def known(app: Flask, as_, now, tmp_path: Path) -> dict[str, list[str]]:
    """Ids that there are, by the name of the path's parameter."""
    acts = [
        bring_to(state, as_, now, tmp_path / "uploads", serial=str(number + 1))
        for number, state in enumerate(ROAD)
    ]
    examined = acts[ROAD.index("eab_review")]
    reviews = [
        assign_review(examined, f"eab.expert{n}@demo.example.org", actor=as_("eab.chair"), now=now)
        for n in (1, 2, 3)
    ]
    rounds = [open_round(acts[ROAD.index(state)], as_, now) for state in ("proposed", "commission")]
    reply = say(rounds[0], "parliament.am", as_, now)
    given = GivenRemark(text="Уточнить", author_body="parliament_kz")
    remarks = [
        enter_remark(reference, given, actor=as_("secretariat"), now=now)
        for reference in acts[ROAD.index("commission") : ROAD.index("plenary")]
    ]
    return {
        "reference": acts,
        "circulation": [str(number) for number in rounds],
        "reply": [str(reply)],
        "review": [str(review) for review in reviews],
        "notice": ["1", "2"],
        "remark": [str(remark) for remark in remarks],
        "name": ["open_concept", "start_drafting", "postpone", "adopt", "withdraw", "correct"],
        "number": ["1"],
        "language": ["ru", "en"],
    }


def test_generated_calls(app: Flask, api: Api, known: dict[str, list[str]]):
    tokens = {who: api.token(who) for who in WHO}
    db.session.remove()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    counted: Counter[str] = Counter()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        schema.config.generation.update(modes=[mode])
        for result in schema.get_all_operations():
            operation = result.ok()
            _try(app, operation, mode, known, tokens, counted)
    assert counted.total() >= 300, counted
    assert {"200", "201", "401", "404", "409", "422"} <= counted.keys(), counted
    assert not any(status.startswith("5") for status in counted), counted


def _try(app, operation, mode, known, tokens, counted) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: schemathesis.Case) -> None:
        turn = counted.total()
        if turn % 4:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = known[name][turn % len(known[name])]
        if turn % 3 == 0:
            case.body = SOUND.get(operation.label.removeprefix("POST /api/v1"), case.body)
        who = "nobody" if turn % 19 == 0 else tokens[WHO[turn % len(WHO)]]
        with app.app_context():
            answer = case.call(headers={"Authorization": f"Bearer {who}"})
            counted[str(answer.status_code)] += 1
            case.validate_response(answer, checks=CHECKS)

    call()
