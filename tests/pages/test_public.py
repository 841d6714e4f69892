"""The public register: what is shown, in words that cannot be misread, and what never is."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.counting import counting
from tests.pages.conftest import both_databases
from tests.pages.test_ground import INLINE
from tracker.acts.operations import advance, set_visibility
from tracker.admission.operations import Proposal, admit_act, past_from
from tracker.db import db
from tracker.people.models import Person
from tracker.reviews.operations import assign_review, file_opinion
from tracker.sittings.operations import give_position


@pytest.fixture
def shown(road, as_, now):
    """A public act in some state."""

    def shown(state, **given):
        reference = road(state, **given)
        set_visibility(reference, "public", actor=as_("secretariat"), now=now)
        return reference

    return shown


@pytest.fixture
def visitor(browser):
    browser.set_cookie("language", "en")
    return browser


def references(client):
    return [each.get_text() for each in client.last.select(".register .ref")]


def test_the_first_page_is_the_register_and_who_has_logged_in_goes_to_the_desk(
    enter, visitor, shown
):
    reference = shown("adopted")
    assert visitor.get("/").status_code == 200
    assert references(visitor) == [reference]
    answer = enter("drafter").get("/")
    assert (answer.status_code, answer.location) == (303, "/desk")


def test_an_act_is_public_only_after_it_was_made_so(enter, visitor, road, as_, now):
    reference = road("adopted")
    for client in (visitor, enter("secretariat")):
        assert client.get(f"/public/{reference}").status_code == 404
        assert client.get(f"/public/{reference}/text/1/ru/text").status_code == 404
        client.get("/public")
        assert references(client) == []
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    assert visitor.get(f"/public/{reference}").status_code == 200
    set_visibility(reference, "internal", actor=as_("secretariat"), now=now)
    assert visitor.get(f"/public/{reference}").status_code == 404
    assert visitor.get("/public/MA-1-1").status_code == 404
    assert visitor.get("/public/%27%3B--").status_code == 404


@pytest.mark.parametrize(("state", "sentence"), [
    ("proposed", ("Proposal registered (24 Nov 2026). It is a draft and is not adopted. "
                 "Now with: Secretariat. It waits for: a decision on how to begin.")),
    ("commission", ("Approved by the EAB and referred to the commission (24 Nov 2026). It is a "
                   "draft and is not adopted. Now with: Commission on Defence and Security. "
                   "It waits for: the commission's decision.")),
    ("council", ("Approved by the commission, not adopted (24 Nov 2026). It is a draft and is not "
                "adopted. Now with: CSTO PA Council. It waits for: the Council's decision.")),
    ("adopted", ("Adopted by the plenary session of the Assembly (24 Nov 2026). "
                "The act is adopted, No. 18-3.5.")),
    ("dispatched", ("Sent to the parliaments of the member states (24 Nov 2026). "
                   "The act is adopted, No. 18-3.5.")),
])  # fmt: skip
def test_where_an_act_stands_in_one_sentence(visitor, shown, state, sentence):
    visitor.get(f"/public/{shown(state)}")
    assert visitor.last.select_one(".stands .lead").get_text() == sentence
    assert "A model act is recommendatory, not binding." in visitor.text
    badge = visitor.last.select_one(".stands .badge-tone").get_text(strip=True)
    adopted = state in ("adopted", "dispatched")
    assert badge == ("Adopted" if adopted else "On its way, not adopted")


def test_a_rejected_draft_was_not_adopted(visitor, shown, as_, now):
    reference = shown("commission")
    advance(
        reference, "reject", actor=as_("defence.secretary"), now=now, data={"reason": "A secret"}
    )
    visitor.get(f"/public/{reference}")
    assert "The draft was not adopted." in visitor.text
    assert "Ended without adoption" in visitor.text
    assert "A secret" not in visitor.text


NEVER = ("overdue", "late", "expert opinion", "opinion given", "position", "objection", "reason",
         "working day", "due", "@", "secretary", "you are told")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_is_told_of_persons_lateness_experts_positions_or_objections(
    enter, browser, shown, as_, now, language
):
    """Everything that must stay inside is put into an act first, then looked for outside."""
    from datetime import timedelta

    long_ago = now - timedelta(days=200)
    reference = shown("eab_review", at=long_ago)
    review = assign_review(
        reference, "eab.expert2@demo.example.org", actor=as_("eab.secretary"), now=long_ago
    )
    file_opinion(review, "reject", "SECRET-OPINION", actor=as_("eab.expert2"), now=long_ago)
    advance(
        reference,
        "refer_to_commission",
        actor=as_("eab.secretary"),
        now=long_ago,
        data={
            "lead_body": "defence",
            "minutes_ref": "SECRET-MINUTES",
            "letter_ref": "SECRET-LETTER",
        },
    )
    advance(
        reference,
        "postpone",
        actor=as_("defence.secretary"),
        now=now,
        data={"reason": "SECRET-REASON"},
    )
    advance(reference, "approve_in_commission", actor=as_("defence.secretary"), now=now)
    give_position(reference, "no", text="SECRET-OBJECTION", actor=as_("council.by"), now=now)
    browser.set_cookie("language", language)
    names = [name for row in db.session.scalars(select(Person.names)) for name in row.values()]
    for page in ("/", "/public", f"/public/{reference}", "/public?show=under_way"):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert INLINE.search(answer.text) is None
        for secret in ("SECRET", *names):
            assert secret not in answer.text, (page, secret)
        seen = browser.last.main.get_text(" ").lower()
        if language == "en":
            for word in NEVER:
                assert re.search(rf"\b{re.escape(word)}", seen) is None, (page, word)
    assert browser.get(f"/public/{reference}/text/1/ru/text").status_code == 404
    for inside in ("", "/timeline", "/text", "/reviews", "/decision", "/notices"):
        assert browser.get(f"/acts/{reference}{inside}").status_code == 303


def test_the_text_of_an_adopted_act_comes_down_and_drafts_never(visitor, enter, shown, as_, now):
    reference = shown("dispatched")
    visitor.get(f"/public/{reference}")
    answer = visitor.get(visitor.last.select_one("a.file")["href"])
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    for path in ("2/ru/text", "1/en/text", "1/ru/memorandum"):
        assert visitor.get(f"/public/{reference}/text/{path}").status_code == 404
    draft = shown("plenary", serial="9")
    visitor.get(f"/public/{draft}")
    assert "The text is published when the act is adopted" in visitor.text
    assert visitor.get(f"/public/{draft}/text/1/ru/text").status_code == 404


def test_life_in_dates_with_the_source_of_each(visitor, road, as_, now):
    reference = road("eab_review")
    from tests.road import opinion

    opinion(reference, as_, now)
    steps = (
        ("refer_to_commission", "eab.secretary", {"lead_body": "defence", "minutes_ref": "No. 7"}),
        ("approve_in_main", "defence.secretary", {"basis": "press"}),
        ("continue_work", "defence.secretary", {"basis": "assumed"}),
        ("approve_in_commission", "defence.secretary", {"basis": "document"}),
    )
    for step, who, data in steps:
        advance(reference, step, actor=as_(who), now=now, data=data)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    visitor.get(f"/public/{reference}")
    rows = [
        [cell.get_text(strip=True) for cell in row.find_all(["td", "th"])]
        for row in visitor.last.select("tbody tr")
    ]
    assert [row[2].removeprefix("Source:") for row in rows][-4:] == [
        "the minutes",
        "a report in the press",
        "no source",
        "a document",
    ]
    assert rows[0][:2] == ["24 Nov 2026", "Proposal registered"]


def test_a_step_without_a_source_is_never_the_last_word(visitor, shown, as_, now):
    reference = shown("commission")
    for step, data in (("approve_in_commission", {"basis": "assumed"}),):
        advance(reference, step, actor=as_("defence.secretary"), now=now, data=data)
    visitor.get(f"/public/{reference}")
    assert "Approved by the commission" not in visitor.text
    assert "No source shows what followed" in visitor.text
    assert "How far it has come is not documented" in visitor.text
    visitor.get("/public?show=under_way")
    assert references(visitor) == [reference]
    assert "Approved by the commission" not in visitor.text


def test_dates_are_shown_as_far_as_they_are_known(visitor, as_, now):
    proposal = Proposal(
        kind="model_law",
        titles={"ru": "О старом", "en": "On an Old Matter"},
        initiator="parliament_kz",
        decided_on="2020",
    )
    past = past_from({"action": "start_drafting", "decided_on": "2021-03", "basis": "press"})
    reference = admit_act(proposal, "drafting", [past], actor=as_("secretariat"), now=now)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    visitor.get(f"/public/{reference}")
    dates = [row.td.get_text() for row in visitor.last.select("tbody tr")]
    assert dates[0] == "2020"
    assert dates[1] == "March 2021"


@both_databases
def test_the_register_is_searched_and_narrowed(visitor, shown, as_, now):
    adopted = shown("adopted", titles={"ru": "О Наёмничестве", "en": "On Mercenarism"})
    under_way = shown("council", serial="5")
    ended = shown("commission", serial="6")
    advance(ended, "reject", actor=as_("defence.secretary"), now=now, data={"reason": "No"})
    for query, found in (
        ("", [ended, under_way, adopted]), ("show=adopted", [adopted]),
        ("show=under_way", [under_way]), ("show=ended", [ended]),
        ("show=x", [ended, under_way, adopted]),
        ("q=наемничестве", [adopted]), ("q=MERCEN", [adopted]), ("q=18-3.5", [adopted]),
        (f"q={under_way.lower()}", [under_way]), ("q=mercen&show=ended", []), ("q=%25", []),
    ):  # fmt: skip
        visitor.get(f"/public?{query}")
        assert references(visitor) == found, query
    assert "No public act is found by this" in visitor.text


def test_long_registers_are_paged(visitor, shown, monkeypatch):
    monkeypatch.setattr("tracker.register.views.PER_PAGE", 1)
    first, second = shown("proposed"), shown("proposed")
    visitor.get("/public?show=under_way")
    assert references(visitor) == [second]
    visitor.get(visitor.last.select_one("a[rel=next]")["href"])
    assert references(visitor) == [first]
    assert visitor.get("/public?page=999").status_code == 200


@pytest.mark.parametrize(("page", "budget"), [("/public", 4), ("/public?show=adopted&q=о", 5),
                                              ("/public/{}", 7)])  # fmt: skip
def test_the_pages_take_few_statements_whatever_the_volume(visitor, shown, page, budget):
    reference = shown("adopted")
    visitor.get(page.format(reference))
    with counting() as few:
        visitor.get(page.format(reference))
    for serial in range(4):
        shown("adopted", serial=str(serial + 10))
    with counting() as many:
        visitor.get(page.format(reference))
    assert len(few) == len(many) <= budget, str(many)
