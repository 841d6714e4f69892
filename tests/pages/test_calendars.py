"""Calendars: what counts as a working day, who changes it, and that due dates follow."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import seen
from tracker.db import db
from tracker.people.models import CalendarDay

OFF = {"day": "2026-12-07", "working": "no", "name": "Session week"}


def listed(client):
    return {row.th.get_text(strip=True): row for row in client.last.select("tbody tr")}


@pytest.mark.parametrize("login", ["drafter", "secretariat"])
def test_everybody_inside_sees_a_year(enter, login):
    client = enter(login)
    assert client.get("/calendars").status_code == 200
    assert "Kyrgyzstan" in client.text
    client.get("/calendars/assembly")
    assert "Wed 4 Nov 2026" in listed(client)
    assert "working days in this year" in client.text
    assert (client.last.select_one("main form") is not None) is (login == "secretariat")


@pytest.mark.parametrize("path", ["nowhere", "nowhere?year=2026"])
def test_a_calendar_that_does_not_exist_is_not_found(enter, path):
    assert enter("secretariat").get(f"/calendars/{path}").status_code == 404


@pytest.mark.parametrize("year", ["x", "0", "99999", "-1", "2026.5", "٢٠٢٦x"])
def test_a_year_that_is_none_shows_the_present_one(enter, year):
    client = enter("secretariat")
    assert client.get("/calendars/assembly", query_string={"year": year}).status_code == 200
    assert "2026" in client.last.select_one("nav.pages strong").get_text()


def test_a_year_without_data_says_so(enter):
    client = enter("secretariat")
    client.get("/calendars/tj?year=2150")
    assert "Nothing is known of this year yet" in client.text


def test_a_day_is_changed_and_changed_back_and_due_dates_follow(enter, road):
    client = enter("secretariat")
    page = "/calendars/assembly"
    reference = road("eab_review")
    secretary = enter("eab.secretary")
    secretary.get(f"/acts/{reference}/reviews")
    before = secretary.last.select_one(".upload time")["datetime"]
    answer = client.send(page, OFF)
    assert answer.location == f"{page}?year=2026"
    client.get(answer.location)
    assert "Session week" in listed(client)["Mon 7 Dec 2026"].get_text()
    secretary.get(f"/acts/{reference}/reviews")
    assert secretary.last.select_one(".upload time")["datetime"] > before
    assert (
        client.send(page, {**OFF, "working": "yes", "name": "Works after all"}).status_code == 303
    )
    db.session.remove()
    assert db.session.scalars(select(CalendarDay.working)).all() == [True]
    assert client.send(f"{page}/2026-12-07/clear").status_code == 303
    client.get(page)
    assert "Mon 7 Dec 2026" not in listed(client)


@pytest.mark.parametrize(("wrong", "anchor"), [
    ({"day": ""}, "#day"), ({"day": "7 December"}, "#day"), ({"day": "9999-12-31"}, "#day"),
    ({"name": " "}, "#name"), ({"name": "x" * 501}, "#name"), ({"working": "maybe"}, "#working-0"),
])  # fmt: skip
def test_a_change_that_cannot_be_is_named_and_kept(enter, wrong, anchor):
    client = enter("secretariat")
    assert client.send("/calendars/assembly", {**OFF, **wrong}).status_code == 422
    assert client.last.select_one(".error-summary a")["href"] == anchor
    if "day" in wrong:
        assert client.last.select_one("#day")["value"] == wrong["day"]
        assert client.last.select_one("#name")["value"] == "Session week"
    db.session.remove()
    assert db.session.scalars(select(CalendarDay)).all() == []


def test_only_whom_the_table_permits_changes_days(enter):
    before = seen.counts()
    for login in ("drafter", "eab.secretary"):
        client = enter(login)
        assert client.send("/calendars/assembly", OFF).status_code == 403
        assert client.send("/calendars/assembly/2026-12-07/clear").status_code == 403
    client = enter("secretariat")
    assert client.post("/calendars/assembly", data=OFF).status_code == 400
    assert client.send("/calendars/nowhere", OFF).status_code == 404
    assert client.send("/calendars/assembly/someday/clear").status_code == 404
    assert seen.counts() == before
