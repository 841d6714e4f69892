"""Pages that show acts: who sees which, what the list finds, what the act's page says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.counting import counting
from tests.explaining import explaining
from tests.pages.conftest import both_databases
from tests.pages.test_ground import INLINE
from tests.road import propose
from tracker.acts.operations import advance, set_visibility


def references(client):
    return [each.get_text() for each in client.last.select("table.acts .what .ref")]


@both_databases
def test_a_title_is_found_whatever_its_case_and_letter_yo(enter, as_, now):
    wanted = propose(as_, now, titles={"ru": "О Наёмничестве", "en": "On Mercenarism"})
    propose(as_, now)
    client = enter("secretariat")
    for query in ("наемничестве", "НАЁМНИЧЕСТВЕ", "mercenarism", wanted.lower(), "on мерсен"):
        client.get("/acts", query_string={"q": query})
        assert references(client) == ([] if query == "on мерсен" else [wanted]), query
    assert "No act fits this" in client.text


def test_the_list_is_narrowed_sorted_and_paged(enter, as_, now, road, monkeypatch):
    late = road("drafting", at=now - timedelta(days=90))
    other = road("commission")
    client = enter("secretariat")
    for query, found in (
        ("stage=drafting", [late]),
        ("state=commission", [other]),
        ("holder=defence", [other]),
        ("lead_body=defence", [other]),
        ("overdue=1", [late]),
        ("kind=model_code", []),
        ("sort=reference", sorted([late, other])),
        ("sort=-reference", sorted([late, other], reverse=True)),
    ):
        assert client.get(f"/acts?{query}").status_code == 200
        assert references(client) == found, query
    monkeypatch.setattr("tracker.acts.views.PER_PAGE", 1)
    client.get("/acts?sort=reference")
    assert "Page 1 of 2" in client.text
    client.get(client.last.select_one("a[rel=next]")["href"])
    assert references(client) == sorted([late, other])[1:]


def test_a_condition_that_does_not_exist_is_named_and_nothing_is_shown(enter, road):
    road("proposed")
    client = enter("secretariat")
    assert client.get("/acts?state=nowhere").status_code == 422
    assert "Choose one of" in client.text
    assert references(client) == []
    assert client.get("/acts?sort=colour").status_code == 422
    assert client.get("/acts?page=x").status_code == 200


def test_acts_of_others_are_neither_listed_nor_opened(enter, road):
    reference = road("commission")
    client = enter("social.secretary")
    client.get("/acts")
    assert references(client) == []
    for page in ("", "/timeline", "/actions/approve_in_commission", "/correct"):
        assert client.get(f"/acts/{reference}{page}").status_code == 404, page
    assert "There is no such act" in client.text


def test_a_public_act_shows_no_persons_dates_owed_or_steps_to_people_outside(enter, road, as_, now):
    reference = road("commission")
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    client = enter("social.secretary")
    assert client.get(f"/acts/{reference}").status_code == 200
    assert "Approved by the EAB and referred to the commission" in client.text
    assert "What you can do" not in client.text
    assert "Komissarova" not in client.text
    assert "working days" not in client.text
    assert client.get(f"/acts/{reference}/timeline").status_code == 403


def test_the_first_line_says_what_happened_with_whom_it_is_and_until_when(enter, road):
    reference = road("commission")
    client = enter("defence.secretary")
    client.get(f"/acts/{reference}")
    line = " ".join(client.last.select_one(".status-line").get_text(" ").split())
    assert line.startswith("Approved by the EAB and referred to the commission")
    assert "24 Nov 2026" in line
    assert "now with: Commission on Defence and Security, secretary (Zhanna Komissarova)" in line
    assert "waits for: the commission's decision" in line
    assert "in 45 working days" in line


def test_the_page_says_what_one_can_do_what_not_yet_and_who_else_can(enter, road):
    reference = road("eab_review")
    client = enter("eab.secretary")
    client.get(f"/acts/{reference}")
    offered = {link.get_text(strip=True) for link in client.last.select(".actions a, .beside a")}
    assert "Return for revision" in offered
    assert "Postpone" in offered
    assert "Refer to the commission" not in offered
    not_yet = client.last.select_one(".not-yet").get_text(" ", strip=True)
    assert "Refer to the commission" in not_yet
    assert "No expert opinion is in. Assign an expert." in not_yet
    others = client.last.select_one(".others").get_text(" ", strip=True)
    assert "Withdraw on the initiator's letter — Secretariat, staff" in others


def test_every_step_that_is_offered_opens(enter, road):
    for login, state in (("secretariat", "plenary"), ("defence.chair", "commission"),
                         ("eab.chair", "eab_review"), ("drafter", "drafting")):  # fmt: skip
        reference = road(state, serial=login)
        client = enter(login)
        client.get(f"/acts/{reference}")
        links = [link["href"] for link in client.last.select(".actions a, .beside a, .more a.btn")]
        assert links, login
        for link in links:
            assert client.get(link).status_code == 200, link


def test_the_picture_shows_the_way_taken(enter, road):
    reference = road("council")
    client = enter("secretariat")
    client.get(f"/acts/{reference}")
    assert client.last.select_one(".picture .state-now")["data-state"] == "council"
    visited = {each["data-state"] for each in client.last.select(".picture .state-visited")}
    assert visited == {"proposed", "drafting", "eab_review", "commission", "council"}


def test_the_timeline_tells_everything_with_its_marks(enter, road, as_, now):
    reference = road("commission")
    advance(reference, "ask_revision", actor=as_("defence.chair"), now=now,
            data={"reason": "Согласовать статью 12", "decided_on": "2026-11", "basis": "assumed",
                  "minutes_ref": "протокол № 4"})  # fmt: skip
    client = enter("secretariat")
    client.get(f"/acts/{reference}/timeline")
    entries = [
        " ".join(entry.get_text(" ").split()) for entry in client.last.select(".timeline .entry")
    ]
    assert len(entries) == 8
    assert "Proposal registered" in entries[0]
    assert "On a Trial Matter" in client.text
    assert "Expert Daria Expertova" in entries[4]
    assert "Recommendation approve" in entries[5]
    last = entries[-1]
    assert last.startswith("November 2026")
    for part in ("no source", "Согласовать статью 12", "протокол № 4", "Kirill Oboronnov",
                 "In the commission", "Revision for the commission"):  # fmt: skip
        assert part in last, part


def test_entries_that_are_not_ones_to_read_are_counted_not_shown(enter, road):
    reference = road("commission")
    client = enter("drafter")
    client.get(f"/acts/{reference}/timeline")
    assert "2 entries are not shown to you" in client.text
    assert "Expertova" not in client.text


def test_the_board_shows_the_latest_of_each_stage_and_links_to_the_rest(
    enter, road, as_, now, monkeypatch
):
    monkeypatch.setattr("tracker.acts.board.MOST", 2)
    for _ in range(3):
        propose(as_, now)
    road("commission")
    client = enter("secretariat")
    client.get("/acts/board")
    columns = client.last.select(".board-column")
    assert [column.h2.get_text(" ", strip=True) for column in columns][:2] == [
        "Initiative 3", "Concept 0",
    ]  # fmt: skip
    assert len(columns[0].select(".board-card")) == 2
    assert columns[0].select_one("p > a")["href"] == "/acts?stage=initiative"


PAGES = ("/desk", "/acts", "/acts?stage=commission", "/acts/board", "/acts/{0}",
         "/acts/{0}/timeline", "/acts/{0}/actions/postpone", "/account")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_have_nothing_inline_and_one_heading_in_both_languages(enter, road, language):
    reference = road("commission")
    client = enter("defence.secretary", language)
    for page in PAGES:
        answer = client.get(page.format(reference))
        assert answer.status_code == 200, page
        assert INLINE.search(answer.text) is None, page
        assert len(client.last.select("h1")) == 1, page
        assert client.last.html["lang"] == language
        ids = [each["id"] for each in client.last.select("[id]")]
        assert len(ids) == len(set(ids)), page
        for control in client.last.select("input:not([type=hidden]), select, textarea"):
            named = client.last.select_one(f'label[for="{control.get("id")}"]')
            assert named is not None or control.get("aria-label"), (page, control)


@pytest.mark.parametrize(("page", "budget"), [("/acts", 6), ("/acts/board", 6), ("/acts/{0}", 14)])
def test_pages_take_few_statements_whatever_the_volume(enter, road, as_, now, page, budget):
    reference = road("commission")
    client = enter("secretariat")
    client.get(page.format(reference))
    with counting() as few:
        client.get(page.format(reference))
    for number in range(4):
        road("council", serial=str(number))
        propose(as_, now)
    with counting() as many:
        client.get(page.format(reference))
    assert len(few) == len(many) <= budget, str(many)


def test_visibility_is_confirmed_on_a_page_of_its_own(enter, road, browser):
    reference = road("proposed")
    assert (
        enter("eab.secretary")
        .send(f"/acts/{reference}/visibility", {"visibility": "public"})
        .status_code
        == 403
    )
    client = enter("secretariat")
    client.get(f"/acts/{reference}/visibility")
    version = client.last.select_one("input[name=version]")["value"]
    answer = client.send(
        f"/acts/{reference}/visibility", {"visibility": "public", "version": version}
    )
    assert answer.status_code == 303
    answer = client.send(
        f"/acts/{reference}/visibility", {"visibility": "internal", "version": version}
    )
    assert answer.status_code == 409
    assert "The act has changed since you looked" in client.text
    assert "Visibility changed · Anna Obraztsova" in client.text
    assert client.last.select_one(".btn-primary")["href"] == f"/acts/{reference}"


@both_databases
@pytest.mark.parametrize("login", ["secretariat", "defence.secretary"])
def test_long_lists_are_counted_no_further_than_anybody_looks(enter, road, monkeypatch, login):
    acts = [road("commission") for _ in range(4)]
    monkeypatch.setattr("tracker.acts.views.PER_PAGE", 1)
    monkeypatch.setattr("tracker.acts.views.COUNTED", 2)
    monkeypatch.setattr("tracker.acts.board.COUNTED", 2)
    client = enter(login)
    shown = []
    client.get("/acts?stage=commission")
    assert "More than 2 acts" in client.text
    for said in ("Page 1", "Page 2", "Page 3 of 4", "Page 4 of 4"):
        assert client.last.select_one(".pages span").get_text(strip=True) == said
        shown += [each.get_text() for each in client.last.select("tbody .ref")]
        following = client.last.select_one("a[rel=next]")
        if following is not None:
            client.get(following["href"])
    assert shown == acts[::-1]
    assert "4 acts" in client.text
    client.get("/acts/board")
    assert client.last.select_one("#stage-commission .count").get_text() == "2+"


@both_databases
def test_the_latest_of_a_stage_are_found_by_its_index(enter, road):
    reference = road("drafting")
    client = enter("secretariat")
    with explaining("SELECT anon_1.stage") as plans:
        client.get("/acts/board")
    assert plans
    assert all("ix_act_stage" in plan for plan in plans)
    assert reference in client.text


def test_a_board_looks_for_what_one_may_see_without_reading_the_acts(enter, road):
    road("drafting")
    client = enter("defence.secretary")
    with explaining("SELECT anon_1.stage") as plans:
        client.get("/acts/board")
    assert plans
    assert all("COVERING INDEX ix_act_stage" in plan for plan in plans)
