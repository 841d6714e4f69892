"""What awaits the caller, what they were told, and the delivery of mails."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests.api.conftest import codes, on_both, problem
from tests.road import bring_to
from tracker.db import db, unit_of_work
from tracker.notices.models import Notice


@on_both
def test_what_awaits_me_the_soonest_first(api, as_, now, tmp_path):
    council = bring_to("council", as_, now, tmp_path)
    commission = bring_to("commission", as_, now, tmp_path)
    mine = api.get("council.kz", "/me/duties").json
    assert [(duty["act"]["reference"], duty["kind"]) for duty in mine["items"]] == [
        (council, "position")
    ]
    duty = mine["items"][0]
    assert duty["title"] == "Give a position on the draft"
    assert (duty["due"], duty["overdue"], duty["why_no_date"]) == ("2026-12-15", False, None)
    secretary = api.get("defence.secretary", "/me/duties").json["items"]
    assert [each["act"]["reference"] for each in secretary] == [commission]
    staff = api.get("secretariat", "/me/duties").json["items"]
    assert staff[0]["due"] is None
    assert staff[0]["why_no_date"]
    assert api.get("admin", "/me/duties").json["items"] == []
    paged = api.get("council.kz", "/me/duties?per_page=1&page=2").json
    assert (paged["items"], paged["total"]) == ([], 1)
    problem(api.get("council.kz", "/me/duties?page=0"), 422, "invalid")


@on_both
def test_my_inbox(api, as_, now, tmp_path):
    reference = bring_to("commission", as_, now, tmp_path)
    inbox = api.get("defence.chair", "/me/notices").json
    assert [item["name"] for item in inbox["items"]] == ["draft_referred"]
    item = inbox["items"][0]
    assert item["act"] == reference
    assert reference in item["subject"]
    assert item["because"]
    assert item["read_at"] is None
    assert api.get("admin", "/me/notices").json["total"] == 0


@pytest.fixture
def failed(as_, now, tmp_path) -> str:
    bring_to("commission", as_, now, tmp_path)
    with unit_of_work() as session:
        notice = session.scalars(select(Notice.id).where(Notice.name == "draft_referred")).first()
        session.execute(
            update(Notice)
            .where(Notice.id == notice)
            .values(state="failed", error="550 no such user", due_at=None)
        )
    db.session.remove()
    return str(notice)


def test_delivery_is_for_the_secretariat(api, failed):
    for who in ("defence.secretary", "admin", "council.kz"):
        problem(api.get(who, "/notices"), 403, "forbidden")
        problem(api.get(who, "/notices?state=nowhere&page=0"), 403, "forbidden")
        problem(api.post(who, f"/notices/{failed}/resend"), 403, "forbidden")
    listed = api.get("secretariat", "/notices").json
    assert listed["total"] > 1
    some = api.get("secretariat", "/notices?state=failed").json["items"]
    assert [item["id"] for item in some] == [failed]
    assert (some[0]["error"], some[0]["state"]) == ("550 no such user", "failed")
    assert some[0]["person"]["email"].endswith("@demo.example.org")
    act = some[0]["act"]
    assert api.get("secretariat", f"/notices?act={act}").json["total"] == listed["total"]
    wrong = problem(api.get("secretariat", "/notices?state=nowhere"), 422, "invalid")
    assert codes(wrong) == [("not_a_choice", "state")]
    for reference in ("MA-1999-001", "%00"):
        missing = problem(api.get("secretariat", f"/notices?act={reference}"), 422, "invalid")
        assert codes(missing) == [("no_such_act", "act")]


@on_both
def test_a_failed_mail_is_sent_again(api, failed):
    answer = api.post("secretariat", f"/notices/{failed}/resend")
    assert (answer.status_code, answer.json["state"]) == (200, "queued")
    assert answer.json["id"] == failed
    problem(api.post("secretariat", f"/notices/{failed}/resend"), 409, "refused")
    problem(api.post("secretariat", "/notices/999999/resend"), 404, "not_found")
