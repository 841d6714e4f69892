"""A call with an Idempotency-Key acts once, however often it comes."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from tests.api.conftest import codes, on_both, problem
from tests.conftest import NOW
from tests.road import TITLES, bring_to, propose
from tracker.api.models import Idempotency
from tracker.db import db

PROPOSAL = {"kind": "model_law", "titles": TITLES, "initiator": "parliament_kz"}


def keyed(key: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Idempotency-Key": key}}


@on_both
def test_a_repeated_call_gets_the_first_answer(api):
    first = api.post("secretariat", "/acts", PROPOSAL, **keyed("k-1"))
    again = api.post("secretariat", "/acts", PROPOSAL, **keyed("k-1"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.mimetype == "application/json"
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert api.get("secretariat", "/acts").json["total"] == 1
    other = api.post("secretariat", "/acts", PROPOSAL, **keyed("k-2"))
    assert other.json["reference"] != first.json["reference"]


def test_the_order_of_fields_does_not_matter(api):
    first = api.post("secretariat", "/acts", PROPOSAL, **keyed("k"))
    turned = dict(reversed(PROPOSAL.items()))
    assert api.post("secretariat", "/acts", turned, **keyed("k")).data == first.data


@on_both
def test_a_key_used_for_something_else_is_refused(api, as_, now):
    reference = propose(as_, now)
    path = f"/acts/{reference}/actions"
    done = api.post("secretariat", f"{path}/open_concept", {"version": 1}, **keyed("k"))
    assert done.status_code == 200
    for other, body in (
        (f"{path}/open_concept", {"version": 2}),
        (f"{path}/withdraw", {"version": 1}),
        ("/acts", PROPOSAL),
    ):
        again = api.post("secretariat", other, body, **keyed("k"))
        reused = problem(again, 422, "idempotency_key_reused")
        assert codes(reused) == [("idempotency_key_reused", "Idempotency-Key")]
    assert api.get("secretariat", f"/acts/{reference}").json["version"] == 2


def test_a_key_belongs_to_its_account(api):
    first = api.post("secretariat", "/acts", PROPOSAL, **keyed("k"))
    second = api.post("secretariat2", "/acts", PROPOSAL, **keyed("k"))
    assert first.json["reference"] != second.json["reference"]


def test_a_refusal_is_not_kept(api, as_, now):
    reference = propose(as_, now)
    path = f"/acts/{reference}/actions/open_concept"
    problem(api.post("secretariat", path, {"version": 9}, **keyed("k")), 409, "stale")
    problem(api.post("secretariat", path, {"version": "x"}, **keyed("k")), 422, "invalid")
    assert db.session.scalar(select(func.count()).select_from(Idempotency)) == 0
    assert api.post("secretariat", path, {"version": 1}, **keyed("k")).status_code == 200


def test_an_answer_is_kept_for_a_day(api):
    first = api.post("secretariat", "/acts", PROPOSAL, **keyed("k"))
    with time_machine.travel(NOW + timedelta(hours=23)):
        assert api.post("secretariat", "/acts", PROPOSAL, **keyed("k")).data == first.data
    with time_machine.travel(NOW + timedelta(hours=25)):
        later = api.post("secretariat", "/acts", PROPOSAL, **keyed("k"))
        assert later.json["reference"] != first.json["reference"]
    assert db.session.scalar(select(func.count()).select_from(Idempotency)) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "\u00e4", "a\tb"])
def test_a_key_that_is_none(api, key):
    fault = problem(api.post("secretariat", "/acts", PROPOSAL, **keyed(key)), 422, "invalid")
    assert codes(fault) == [("not_a_key", "Idempotency-Key")]
    problem(api.post(None, "/acts", PROPOSAL, **keyed(key)), 401, "unauthorized")


@on_both
def test_two_at_once_act_once(api):
    api.token("secretariat")
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: api.post("secretariat", "/acts", PROPOSAL, **keyed("at-once")), range(4)
            )
        )
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 3
    assert api.get("secretariat", "/acts").json["total"] == 1


def test_what_fails_to_commit_keeps_no_answer(api, monkeypatch):
    """The answer is kept with the effect: when the answer cannot be made, neither is there."""
    from tracker.api import acts

    monkeypatch.setattr(acts, "act_json", lambda _: 1 / 0)
    problem(api.post("secretariat", "/acts", PROPOSAL, **keyed("k")), 500, "internal_error")
    monkeypatch.undo()
    assert api.get("secretariat", "/acts").json["total"] == 0
    assert api.post("secretariat", "/acts", PROPOSAL, **keyed("k")).status_code == 201


def test_an_upload_with_a_key_comes_in_once(api, as_, now, tmp_path):
    reference = bring_to("drafting", as_, now, tmp_path)

    def send(content: bytes):
        form = {"language": "ru", "file": (io.BytesIO(content), "draft.txt")}
        return api.post("drafter", f"/acts/{reference}/editions", data=form, **keyed("k"))

    first, again = send(b"one"), send(b"one")
    assert (first.status_code, again.data) == (201, first.data)
    problem(send(b"two"), 422, "idempotency_key_reused")
    assert api.get("drafter", f"/acts/{reference}/editions").json["total"] == 1


def test_a_batch_with_a_key_moves_once(api, as_, now):
    acts = [{"ref": propose(as_, now), "version": 1} for _ in range(2)]
    body = {"action": "open_concept", "acts": acts}
    first = api.post("secretariat", "/acts/bulk", body, **keyed("k"))
    again = api.post("secretariat", "/acts/bulk", body, **keyed("k"))
    assert again.data == first.data
    assert {item["code"] for item in again.json["items"]} == {"done"}
