"""What will be reminded, and what the secretariat and those who ask can do about it."""

from __future__ import annotations

import pytest

from tests import seen
from tests.counting import counting
from tests.pages.conftest import both_databases
from tracker.duties.models import Duty
from tracker.duties.sweep import sweep
from tracker.reviews.operations import assign_review


@pytest.fixture
def asked(road, as_, now):
    """An act whose experts 2 and 3 owe opinions by 15 December."""
    reference = road("eab_review")
    for name in ("eab.expert2", "eab.expert3"):
        expert = f"{name}@demo.example.org"
        assign_review(reference, expert, actor=as_("eab.secretary"), now=now)
    sweep(now)
    return reference


def duties(reference, kind="review"):
    return [each.id for each in seen.of_act(Duty, reference, kind=kind, closed_at=None)]


@both_databases
def test_the_forecast_is_grouped_by_day_with_whom_it_reaches(enter, asked):
    client = enter("secretariat")
    assert client.get("/reminders").status_code == 200
    days = [each.get_text(strip=True) for each in client.last.select("main h2 time")]
    assert days[0] == "Tue 8 Dec 2026"
    first = client.last.select_one("main section[aria-labelledby]")
    number = len(first.select("ul.rows > li"))
    said = "1 reminder" if number == 1 else f"{number} reminders"
    assert first.select_one("h2 .muted").get_text() == said
    assert "Daria" in client.text or "owes it" in client.text
    assert client.get(f"/reminders?act={asked}").status_code == 200
    assert f"Only the act {asked}." in client.text
    link = client.last.select_one("ul.people a")["href"]
    assert client.get(link).status_code == 200
    assert len(client.last.select("main section li")) < len(days) + 5


@pytest.mark.parametrize(
    "query", ["days=x", "days=0", "days=9999", "person=x", "act=NONE", "person=1"]
)
def test_a_strange_address_shows_a_page(enter, asked, query):
    assert enter("secretariat").get(f"/reminders?{query}").status_code == 200


def test_nobody_else_sees_what_will_be_reminded(enter, asked):
    one = duties(asked)[0]
    for login in ("eab.secretary", "defence.secretary", "council.kz", "drafter"):
        assert enter(login).get("/reminders").status_code == 403
    assert enter("drafter").get(f"/duties/{one}").status_code == 404
    assert enter("eab.expert2").get(f"/duties/{one}").status_code == 403
    assert enter("secretariat").get("/duties/99999999").status_code == 404
    client = enter("eab.secretary")  # who asked may move the date, and no more
    assert client.get(f"/duties/{one}").status_code == 200
    assert "Reminders to come" not in client.text
    assert client.send(f"/duties/{one}/pause", {"pause-reason": "…"}).status_code == 403


def test_one_duty_is_paused_skipped_sent_and_goes_on(enter, asked):
    one = duties(asked)[0]
    client, page = enter("secretariat"), f"/duties/{one}"
    client.get(page)
    assert "week_before:0" in str(client.last)
    assert client.send(f"{page}/skip", {"skip-step": "week_before:0"}).status_code == 422
    assert client.last.select_one(".error-summary a")["href"] == "#skip-reason"
    skip = {"skip-step": "week_before:0", "skip-reason": "Said by phone"}
    assert client.send(f"{page}/skip", skip).location == page
    client.get(page)
    assert "week_before:0" not in str(client.last)
    assert client.send(f"{page}/send", {"step": "week_before:0"}).status_code == 422
    assert "not to come" in client.text
    assert client.send(f"{page}/send", {"step": "on_the_day:0"}).status_code == 303
    client.get(page)
    assert "on its way to 1 person" in client.text
    wrong = {"pause-until": "2026-11-01", "pause-reason": "Ill"}
    assert client.send(f"{page}/pause", wrong).status_code == 422
    assert client.last.select_one("#pause-until")["value"] == "2026-11-01"
    assert client.send(f"{page}/pause", {"pause-reason": "Ill"}).status_code == 303
    client.get(page)
    assert "until somebody lets them go on" in client.text
    client.get("/reminders")
    assert "Of these nothing is said" in client.text
    assert client.send(f"{page}/resume").status_code == 303
    client.get(f"/acts/{asked}/timeline")
    for words in ("Reminder skipped", "Reminder sent early", "Reminders paused", "Reminders go on"):
        assert words in client.text


@pytest.mark.parametrize(
    "step", ["", "x", "week_before:", "week_before:99999", "::", "week_before:-1"]
)
def test_a_step_that_is_none_is_refused(enter, asked, step):
    client = enter("secretariat")
    answer = client.send(f"/duties/{duties(asked)[0]}/send", {"step": f"no{step}"})
    assert answer.status_code == 422


def test_a_later_date_is_chosen_among_those_the_rule_gives(enter, asked):
    one = duties(asked)[0]
    client = enter("eab.secretary")
    client.get(f"/acts/{asked}/remind/review")
    assert client.last.find("a", href=f"/duties/{one}")
    client.get(f"/duties/{one}")
    assert client.last.find("a", href=f"/duties/{one}/extend")
    client.get(f"/duties/{one}/extend")
    assert "Tue 29 Dec 2026 — 10 working days after 15 Dec 2026" in client.text
    assert client.send(f"/duties/{one}/extend", {"on": "soon", "reason": "…"}).status_code == 422
    assert client.last.select_one("#on")["value"] == "soon"
    assert client.send(f"/duties/{one}/extend", {"offer": "2026-12-29"}).status_code == 422
    assert client.last.select_one("[name=offer][checked]")["value"] == "2026-12-29"
    given = {"offer": "2026-12-29", "reason": "Ill"}
    assert client.send(f"/duties/{one}/extend", given).location == f"/acts/{asked}"
    client.get(f"/acts/{asked}")
    assert "extended once, first due Tue 15 Dec 2026" in client.text
    given = {"offer": "another", "on": "2027-02-01", "reason": "Ill still"}
    assert client.send(f"/duties/{one}/extend", given).status_code == 303
    client.get(f"/acts/{asked}")
    assert "extended 2 times, first due Tue 15 Dec 2026" in client.text
    client.get(f"/acts/{asked}/timeline")
    assert "Due date extended" in client.text


def test_those_who_have_not_answered_are_ticked_and_reminded(enter, asked):
    client = enter("eab.secretary")
    client.get(f"/acts/{asked}")
    page = f"/acts/{asked}/remind/review"
    assert client.last.find("a", href=page).get_text() == "Remind the 2 who have not answered"
    client.get(page)
    assert len(client.last.select("[name=duties][checked]")) == 2
    assert client.send(page, {}).status_code == 422
    assert "Choose at least one." in client.text
    first = duties(asked)[0]
    assert client.send(page, {"duties": [first, "x", "9" * 30]}).location == f"/acts/{asked}"
    client.get(page)
    assert client.last.select_one(f"#duty-{first}").has_attr("disabled")
    assert "reminded by hand within the hour" in client.text
    assert client.get(f"/acts/{asked}/remind/nonsense").status_code == 404
    assert enter("drafter").get(page).status_code == 404


def test_a_clock_is_stopped_and_let_run_on(enter, asked, monkeypatch):
    from tracker import assembly

    version = assembly.current_version("model_law")
    from tracker.db import db

    kind = assembly.procedure(db.session(), "model_law", version).definition.duties["review"]
    client, one = enter("secretariat"), duties(asked)[0]
    assert client.send(f"/duties/{one}/stop", {"stop-reason": "…"}).status_code == 422
    monkeypatch.setitem(vars(kind), "stops", value=True)
    client.get(f"/duties/{one}")
    assert "Stop the clock" in client.text
    assert client.send(f"/duties/{one}/stop", {"stop-reason": "Translation"}).status_code == 303
    client.get(f"/acts/{asked}")
    assert "stopped since 24 Nov 2026, 15 working days left" in client.text
    client.get("/reminders")
    assert "stopped since 24 Nov 2026" in client.text
    client.get(f"/duties/{one}")
    assert "It would be due then" in client.text
    assert client.send(f"/duties/{one}/run-on").status_code == 303
    client.get(f"/duties/{one}")
    assert "The clock runs on until Tue 15 Dec 2026." in client.text


def test_a_recess_is_entered_and_the_dates_it_would_move_are_asked(enter, asked):
    client, page = enter("secretariat"), "/calendars/assembly"
    period = {"period-first": "2026-12-07", "period-last": "2026-12-11", "period-name": "Session"}
    for wrong, anchor in (
        ({"period-last": "2026-12-01"}, "#period-last"),
        ({"period-last": "2028-12-01"}, "#period-last"),
        ({"period-first": ""}, "#period-first"),
        ({"period-name": " "}, "#period-name"),
    ):
        assert client.send(f"{page}/periods", period | wrong).status_code == 422
        assert client.last.select_one(".error-summary a")["href"] == anchor
    assert client.send(f"{page}/periods", period).location == f"{page}?year=2026"
    client.get(page)
    assert "Session" in client.text
    assert "3 open duties would have other dates" in client.text
    client.get(f"{page}/dates")
    assert "Tue 22 Dec 2026" in client.text
    ticked = [each["value"] for each in client.last.select("[name=duties][checked]")]
    assert len(ticked) == 3
    assert client.send(f"{page}/dates", {"duties": ticked}).location == page
    client.get(f"{page}/dates")
    assert "Every date is what the calendar gives." in client.text
    assert client.send(f"{page}/dates", {"duties": ticked}).status_code == 409
    client.get(page)
    remove = client.last.select_one("form[action*='/periods/']")["action"]
    assert client.send(remove).status_code == 303
    assert enter("drafter").get(f"{page}/dates").status_code == 403
    assert enter("drafter").send(f"{page}/periods", period).status_code == 403


def test_a_form_says_the_day_that_stays(enter, asked):
    client = enter("eab.secretary")
    client.get(f"/acts/{asked}/actions/postpone")
    assert "Left empty, the day stays:" in client.text
    client.get(f"/acts/{asked}/reviews")
    assert "15 working days after 24 Nov 2026" in client.text


def test_statements_do_not_grow_with_what_is_foreseen(enter, asked, road, now):
    client = enter("secretariat")

    def statements():
        with counting() as counted:
            client.get("/reminders?days=31")
        return len(counted), len(client.last.select("main section li"))

    few, rows = statements()
    for _ in range(2):
        road("council")
    sweep(now)
    many, more = statements()
    assert more > rows
    assert many == few <= 14


def test_russian_pages_are_russian(enter, asked):
    client = enter("secretariat", "ru")
    for page in ("/reminders", f"/duties/{duties(asked)[0]}", f"/duties/{duties(asked)[0]}/extend"):
        assert client.get(page).status_code == 200
        words = client.last.select_one("main").get_text(" ")
        for said in ("Reminder", "Send now", "later date", "Pause"):
            assert said not in words
