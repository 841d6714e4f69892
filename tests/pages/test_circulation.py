"""The pages of a circulation: the tab of the act, a round, a reply, a letter, more time."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine

from tests.circulation.rounds import ASKED, DUE, open_round, say
from tests.counting import counting
from tracker.acts.operations import advance, set_visibility
from tracker.db import db


@pytest.fixture
def act(road):
    return road("commission")


@pytest.fixture
def asked(act, as_, now):
    return open_round(act, as_, now, other_addressees="Ведомство Минска; г. Минск")


def test_the_secretariat_opens_a_round_by_the_step(enter, act):
    client = enter("secretariat")
    client.get(f"/acts/{act}/circulation")
    assert "not been circulated" in client.text
    step = client.last.find("a", string="Circulate for comments")["href"]
    client.get(step)
    assert client.last.find("input", {"name": "due"})["value"] == "2026-12-24"
    sent = {"addressees": list(ASKED), "due": DUE, "other_addressees": "Ведомство; Минск"}
    held = {
        name: client.last.find("input", {"name": name})["value"] for name in ("version", "shown")
    }
    client.send(step, {**held, **sent, "look": "yes"})
    assert "3 people will be told" in client.text
    assert "You write letters to" in client.text
    held["shown"] = client.last.find("input", {"name": "shown"})["value"]
    assert client.send(step, {**held, **sent, "confirm": "yes"}).status_code == 303
    client.get(f"/acts/{act}/circulation")
    assert "0 of 4 have replied" in client.text
    client.get(f"/acts/{act}")
    assert "replies awaited: 4" in client.text


def test_a_liaison_finds_what_is_asked_and_replies(enter, act, asked):
    client = enter("parliament.kz")
    client.get("/desk")
    assert "Reply to the circulation" in client.text
    client.get(f"/acts/{act}")
    assert client.last.select_one(".actions a.btn-primary").get_text() == "Reply"
    assert "Nothing is asked of you" not in client.text
    client.get(f"/acts/{act}/circulation")
    assert "Comments and proposals are asked of you" in client.text
    page = client.last.find("a", string="Reply")["href"]
    client.get(page)
    assert "Senate" in client.text
    assert client.get(client.last.select_one("a.file")["href"]).status_code == 200
    client.get(page)
    answer = client.send(page, {"kind": "remarks", "chamber": "", "text": ""})
    assert answer.status_code == 422
    assert "Write the remarks" in client.text
    sent = {
        "kind": "remarks", "chamber": "", "text": "Статья 3: уточнить.",
        "file": (io.BytesIO(b"%PDF-1.7 scan"), "letter.pdf"),
    }  # fmt: skip
    assert client.send(page, sent, content_type="multipart/form-data").status_code == 303
    client.get(f"/circulations/{asked}")
    assert "Статья 3: уточнить." in client.text
    assert "Parliament of Armenia" not in client.text
    assert client.get(client.last.select_one("a.file")["href"]).data == b"%PDF-1.7 scan"


def test_the_secretary_records_a_letter_and_the_secretariat_gives_time(enter, asked):
    client = enter("defence.secretary")
    client.get(f"/circulations/{asked}")
    letter = next(
        link["href"]
        for link in client.last.find_all("a")
        if "Record a letter" in link.text and "Ведомство" in link.text
    )
    assert client.send(letter, {"kind": "no_remarks"}).status_code == 422
    sent = {"kind": "no_remarks", "letter_ref": "1-17/203", "letter_date": "2026-11-20"}
    assert client.send(letter, sent).status_code == 303
    client.get(f"/circulations/{asked}")
    assert "1-17/203" in client.text
    assert not client.last.find_all("a", href=lambda url: url and "/extension" in url)
    client = enter("secretariat")
    client.get(f"/circulations/{asked}")
    more = client.last.find("a", href=lambda url: url and "/extension" in url)["href"]
    client.get(more)
    assert client.send(more, {"due": DUE, "reason": ""}).status_code == 422
    assert client.send(more, {"due": "2027-01-15", "reason": "Просьба"}).status_code == 303
    client.get(f"/circulations/{asked}")
    assert "The date was moved from 15 Dec 2026 to 15 Jan 2027" in client.text


def test_others_are_not_let_in(enter, act, asked):
    for login, path, status in (
        ("organ", f"/circulations/{asked}", 404),
        ("parliament.by", f"/circulations/{asked}", 404),
        ("drafter", f"/circulations/{asked}", 404),
        ("drafter", f"/circulations/{asked}/reply", 404),
        ("eab.chair", f"/circulations/{asked}/extension?addressee=1", 403),
        ("secretariat", f"/circulations/{asked}/reply?addressee=999", 404),
        ("secretariat", "/circulations/999", 404),
        ("secretariat", f"/circulations/{asked}/replies/999/letter", 404),
        ("organ", f"/acts/{act}/circulation", 404),
    ):
        assert enter(login).get(path).status_code == status, (login, path)


def test_no_public_page_says_who_was_asked_or_is_late(enter, browser, as_, act, asked, now):
    say(asked, "parliament.am", as_, now, kind="not_supported", text="Против проекта.")
    set_visibility(act, "public", actor=as_("secretariat"), now=now)
    with time_machine.travel(now + timedelta(days=40), tick=False):
        browser.get(f"/register/{act}")
        for said in ("Armenia", "Kazakhstan", "Против", "support", "late", "Ведомство"):
            assert said not in browser.text, said
        client = enter("parliament.kz")
        client.get(f"/acts/{act}")
        assert "Armenia" not in client.last.find("main").get_text()


def test_lateness_is_for_those_who_answer_for_the_act(enter, act, asked, now):
    with time_machine.travel(now + timedelta(days=40), tick=False):
        client = enter("defence.secretary")
        client.get(f"/circulations/{asked}")
        assert "no reply by the date" in client.text
        client = enter("eab.chair")
        client.get(f"/circulations/{asked}")
        assert "no reply by the date" not in client.text
        assert "no reply" in client.text
        client.get(f"/acts/{act}")
        assert "National agency" not in client.last.find("main").get_text()


def test_a_round_goes_on_with_the_act_and_the_desk_of_the_secretary_counts(enter, act, asked):
    client = enter("defence.secretary")
    client.get("/desk")
    assert "Reply to the circulation: 3 addressees" in client.text


def test_statements_do_not_grow_with_addressees(enter, act, as_, now):
    client = enter("secretariat")

    def cost(path):
        with counting() as counted:
            client.get(path)
        return len(counted)

    number = open_round(act, as_, now, addressees=["parliament_am"])
    few = cost(f"/circulations/{number}"), cost(f"/acts/{act}/circulation"), cost(f"/acts/{act}")
    advance(act, "close_circulation", actor=as_("secretariat"), now=now)
    db.session.remove()
    number = open_round(
        act, as_, now,
        addressees=[f"parliament_{key}" for key in ("am", "by", "kz", "kg", "ru", "tj")],
        other_addressees="\n".join(f"Ведомство {n}" for n in range(20)),
    )  # fmt: skip
    say(number, "parliament.am", as_, now)
    say(number, "parliament.ru", as_, now, chamber="1")
    many = cost(f"/circulations/{number}"), cost(f"/acts/{act}/circulation"), cost(f"/acts/{act}")
    assert many == few
    assert few[2] <= 14


def test_a_liaison_gives_remarks_on_provisions_and_follows_them(enter, act, asked):
    client = enter("parliament.am")
    page = f"/circulations/{asked}/reply"
    client.get(page)
    row = {"remarks-0-place": "Статья 1", "remarks-0-text": "Уточнить.", "remarks-0-wording": ""}
    assert client.send(page, {"kind": "remarks", "add": "1", **row}).status_code == 200
    assert client.last.find("textarea", {"name": "remarks-0-text"}).text.strip() == "Уточнить."
    assert len(client.last.select("fieldset.remark-row")) == 3
    assert client.send(page, {"kind": "remarks", **row}).status_code == 422
    assert "Choose the kind of the remark" in client.text
    assert (
        client.send(page, {"kind": "remarks", **row, "remarks-0-kind": "legal"}).status_code == 303
    )
    client.get(f"/circulations/{asked}")
    assert "0 of your 1 remark entered the text." in client.text
    client.get(client.last.find("a", string="See the answers in the table of remarks")["href"])
    assert "Уточнить." in client.text
    client = enter("defence.secretary")
    with counting() as few:
        client.get(f"/circulations/{asked}")
    assert "1 waits for an answer" in client.text
    answer = enter("parliament.kz")
    assert answer.send(page, {"kind": "remarks", "text": "Доработать."}).status_code == 303
    with counting() as more:
        client.get(f"/circulations/{asked}")
    assert len(few) == len(more)
    client.get(
        client.last.find("a", string="All remarks of this round in the table of remarks")["href"]
    )
    assert "2 remarks fit" in client.text
