"""The Council: a member's page, positions from letters, a sitting, and who sees what was said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import seen
from tests.counting import counting
from tracker.acts.operations import advance, set_visibility
from tracker.db import db, unit_of_work
from tracker.people.models import Absence
from tracker.people.queries import find_person
from tracker.sittings.models import Decision, Position
from tracker.sittings.operations import give_position


def person_id(login):
    return find_person(db.session, f"{login}@demo.example.org").id


def positions(reference):
    return [(each.vote, each.replaced_n is None) for each in seen.of_act(Position, reference)]


def test_the_member_reads_what_is_asked_until_when_in_short_and_the_text(enter, road):
    reference = road("council")
    client = enter("council.ru")
    assert client.get(f"/acts/{reference}/position").status_code == 200
    for said in ("On a Trial Matter", "Your position on this draft", "Tue 15 Dec 2026",
                 "initiated by: Parliament of Kazakhstan", "Approved by the EAB",
                 "edition 1", "Read the text: Русский"):  # fmt: skip
        assert said in client.text, said
    buttons = [each.get_text(strip=True) for each in client.last.select(".answers a.btn")]
    assert buttons == ["Approve", "Object", "Do not take part", "Abstain"]
    assert client.get(client.last.select_one("a.file")["href"]).status_code == 200


def test_what_is_new_since_the_member_last_looked(enter, road, as_, now):
    reference = road("council")
    client = enter("council.ru")
    page = f"/acts/{reference}/position"
    client.get(page)
    assert "New since you last looked" not in client.text
    give_position(reference, "yes", actor=as_("council.kz"), now=now)
    client.get(page)
    assert "Position given" in client.last.select_one(".news").get_text()
    client.get(page)
    assert client.last.select_one(".news") is None


@pytest.mark.parametrize(("vote", "said"), [
    ("yes", "You approve"), ("abstain", "You abstain"), ("recuse", "You do not take part"),
])  # fmt: skip
def test_a_position_is_recorded_on_a_page_that_says_what_it_is(enter, road, vote, said):
    reference = road("council")
    client = enter("council.ru")
    before = seen.counts()
    assert client.get(f"/acts/{reference}/position/{vote}").status_code == 200
    assert client.last.h1.get_text() == said
    assert seen.counts() == before
    visit = client.last.select_one("input[name=visit]")["value"]
    answer = client.send(f"/acts/{reference}/position/{vote}", {"visit": visit})
    assert (answer.status_code, answer.location) == (303, f"/acts/{reference}/position")
    assert positions(reference) == [(vote, True)]
    client.get(answer.location)
    assert said in client.text
    assert "Recorded 24 Nov 2026" in client.text
    assert "You can change it below" in client.text


def test_an_objection_needs_its_text_and_can_be_changed(enter, road):
    reference = road("council")
    client = enter("council.ru")
    page = f"/acts/{reference}/position/no"
    client.get(page)
    assert client.send(page, {"text": "  "}).status_code == 422
    assert "An objection needs its text" in client.text
    assert client.send(page, {"text": "x" * 20_001}).status_code == 422
    assert "x" * 20_001 in client.last.select_one("textarea").get_text()
    assert client.send(page, {"text": "Article 5 <b>contradicts</b> our law."}).status_code == 303
    client.get(f"/acts/{reference}/position")
    assert "You object" in client.text
    assert "Article 5 <b>contradicts</b> our law." in client.text
    assert client.send(f"/acts/{reference}/position/yes").status_code == 303
    assert positions(reference) == [("no", False), ("yes", True)]


def test_there_are_four_answers_and_no_other(enter, road):
    reference = road("council")
    client = enter("council.ru")
    assert client.get(f"/acts/{reference}/position/maybe").status_code == 404
    assert client.send(f"/acts/{reference}/position/maybe").status_code == 404
    assert client.post(f"/acts/{reference}/position/yes").status_code == 400
    assert positions(reference) == []


@pytest.mark.parametrize("login", ["secretariat", "defence.secretary", "drafter"])
def test_only_members_give_positions(enter, road, login):
    reference = road("council")
    client = enter(login)
    assert client.get(f"/acts/{reference}/position").status_code == 403
    assert client.send(f"/acts/{reference}/position/yes").status_code == 403
    assert positions(reference) == []


def test_before_and_after_the_decision_the_page_takes_no_positions(enter, road, as_, now):
    reference = road("plenary")
    client = enter("council.kz")
    client.get(f"/acts/{reference}/position")
    assert "You approve" in client.text
    assert "The decision is no longer open" in client.text
    assert client.last.select(".answers") == []
    answer = client.send(f"/acts/{reference}/position/no", {"text": "Too late"})
    assert answer.location == f"/acts/{reference}/position"
    assert positions(reference) == [("yes", True)]
    early = road("commission", serial="9")
    assert enter("council.ru2").get(f"/acts/{early}/position").status_code == 404


def test_a_page_of_an_earlier_consideration_records_nothing(enter, road, as_, now):
    reference = road("council")
    client = enter("council.ru")
    client.get(f"/acts/{reference}/position/yes")
    visit = client.last.select_one("input[name=visit]")["value"]
    for step, who in (("return_to_commission", "secretariat"),
                      ("approve_in_commission", "defence.secretary")):  # fmt: skip
        advance(reference, step, actor=as_(who), now=now, data={"reason": "Once more"})
    answer = client.send(f"/acts/{reference}/position/yes", {"visit": visit})
    assert answer.status_code == 409
    assert "has changed since you looked" in client.text
    assert positions(reference) == []


def test_a_deputy_answers_in_the_members_name(enter, road, now):
    with unit_of_work() as session:
        session.add(Absence(
            person_id=person_id("council.ru"), deputy_id=person_id("parliament.ru"),
            since=now.date(), until=now.date(),
        ))  # fmt: skip
    reference = road("council")
    client = enter("parliament.ru")
    client.get(f"/acts/{reference}/position")
    assert "You stand in for Pyotr Dumin" in client.text
    client.get(f"/acts/{reference}/position/yes")
    assert "In the name of Pyotr Dumin" in client.text
    assert client.send(f"/acts/{reference}/position/yes").status_code == 303
    assert seen.of_act(Position, reference)[0].person_id == person_id("council.ru")
    client.get(f"/acts/{reference}/position")
    assert "in the name of Pyotr Dumin" in client.text


def test_the_secretariat_enters_a_position_from_a_letter(enter, road):
    reference = road("council")
    client = enter("secretariat")
    page = f"/acts/{reference}/decision/position"
    client.get(page)
    member = client.last.find("option", string="Pyotr Dumin")["value"]
    typed = {"on_behalf_of": member, "vote": "no", "text": "", "letter_ref": "No. 5"}
    assert client.send(page, typed).status_code == 422
    assert client.last.select_one("#letter_ref")["value"] == "No. 5"
    assert client.last.select_one("option[selected]")["value"] == member
    assert client.last.select_one("input[name=vote][checked]")["value"] == "no"
    for wrong in ({**typed, "vote": ""}, {**typed, "on_behalf_of": ""},
                  {**typed, "vote": "yes", "letter_ref": ""}):  # fmt: skip
        assert client.send(page, wrong).status_code == 422, wrong
    assert client.send(page, {**typed, "text": "Article 1"}).status_code == 303
    client.get(f"/acts/{reference}/decision")
    for said in ("Pyotr Dumin", "objects", "entered by Anna Obraztsova", "No. 5", "Article 1",
                 "Not approved: 1 objection stands"):  # fmt: skip
        assert said in client.text, said


def record(client, reference, present, objections=(), **more):
    client.get(f"/acts/{reference}/decision/sitting")
    version = client.last.select_one("input[name=version]")["value"]
    data = {
        "version": version, "decided_on-year": "2026", "decided_on-month": "11",
        "decided_on-day": "24", "minutes_ref": "Minutes 4", "present": present,
        **{f"objection-{member}": text for member, text in objections}, **more,
    }  # fmt: skip
    return client.send(f"/acts/{reference}/decision/sitting", data)


def test_a_sitting_is_recorded_with_who_was_there_and_the_result_has_its_arithmetic(enter, road):
    reference = road("council")
    client = enter("secretariat")
    client.get(f"/acts/{reference}/decision/sitting")
    groups = [each.get_text(strip=True) for each in client.last.select(".delegation h2")]
    assert groups == ["Armenia", "Belarus", "Kazakhstan", "Kyrgyzstan", "Russia", "Tajikistan"]
    here = [person_id("council.am"), person_id("council.by"), person_id("council.kz")]
    assert record(client, reference, here).status_code == 303
    client.get(f"/acts/{reference}/decision")
    for said in ("Decided at a sitting, 24 Nov 2026", "Minutes 4", "Approved",
                 "Quorum: not checked: no quorum is set", "objections: 0, allowed: 0",
                 "taking part: 3, needed: 1"):  # fmt: skip
        assert said in client.text, said
    rows = {row.th.get_text(): row.td.get_text() for row in client.last.select(".result tr")}
    assert rows["took part without objecting"] == "3"
    assert rows["gave no position or were absent"] == "7"
    assert rows["entitled"] == "10"
    assert seen.actions(reference)[-1] == "record_decision"


def test_objections_at_a_sitting_have_their_text_beside_the_member(enter, road):
    reference = road("council")
    client = enter("secretariat")
    here, away = person_id("council.am"), person_id("council.by")
    answer = record(client, reference, [here], [(away, "Said while absent")])
    assert answer.status_code == 422
    link = client.last.select_one(".error-summary a")
    assert link["href"] == f"#objection-{away}"
    assert "must be among those present" in link.get_text()
    assert client.last.find(id=f"objection-{away}").get_text().strip() == "Said while absent"
    assert client.last.find(id=f"present-{here}").has_attr("checked")
    assert seen.of_act(Decision, reference) == []
    assert record(client, reference, [here], [(here, "Against Article 2")]).status_code == 303
    client.get(f"/acts/{reference}/decision")
    assert "Not approved: 1 objection stands" in client.text
    assert "Against Article 2" in client.text


@pytest.mark.parametrize(("more", "field"), [
    ({"decided_on-day": "25"}, "#decided_on"), ({"decided_on-month": "13"}, "#decided_on"),
    ({"decided_on-year": "", "decided_on-month": "", "decided_on-day": ""}, "#decided_on"),
    ({"minutes_ref": " "}, "#minutes_ref"),
])  # fmt: skip
def test_a_sitting_that_cannot_be_is_refused_at_its_field(enter, road, more, field):
    reference = road("council")
    client = enter("secretariat")
    assert record(client, reference, [person_id("council.am")], **more).status_code == 422
    assert client.last.select_one(".error-summary a")["href"] == field
    assert client.last.select_one("input[name=present][checked]") is not None


def test_a_sitting_of_an_act_that_has_changed_is_looked_at_anew(enter, road, as_, now):
    reference = road("council")
    client = enter("secretariat")
    client.get(f"/acts/{reference}/decision/sitting")
    version = client.last.select_one("input[name=version]")["value"]
    give_position(reference, "yes", actor=as_("council.kz"), now=now)
    present = [person_id("council.am")]
    assert record(client, reference, present, version=version).status_code == 409
    assert "has changed since you looked" in client.last.select_one(".error-summary").get_text()
    assert client.last.select_one("input[name=version]")["value"] != version
    assert client.last.select_one("#minutes_ref")["value"] == "Minutes 4"


@pytest.mark.parametrize(("login", "sees"), [
    ("secretariat", True), ("council.ru2", True),
    ("defence.secretary", False), ("drafter", False), ("parliament.ru", False),
])  # fmt: skip
def test_positions_and_objections_are_shown_to_whom_the_table_permits(
    enter, road, as_, now, login, sees
):
    reference = road("council")
    give_position(reference, "no", text="A secret reason", actor=as_("council.by"), now=now)
    client = enter(login)
    assert client.get(f"/acts/{reference}/decision").status_code == 200
    for secret in ("A secret reason", "Oleg Palatin", "objection"):
        assert (secret in client.last.main.get_text()) is sees, secret
    assert "Not approved" in client.text
    links = {each["href"] for each in client.last.select("main a.btn")}
    entering = {f"/acts/{reference}/decision/sitting", f"/acts/{reference}/decision/position"}
    assert (links >= entering) is (login == "secretariat")


@pytest.mark.parametrize("path", ["decision/sitting", "decision/position"])
def test_only_the_secretariat_records(enter, road, path):
    reference = road("council")
    for login in ("council.ru", "defence.secretary"):
        client = enter(login)
        assert client.get(f"/acts/{reference}/{path}").status_code == 403
        assert client.send(f"/acts/{reference}/{path}", {"vote": "yes"}).status_code == 403
    client = enter("secretariat")
    assert client.post(f"/acts/{reference}/{path}").status_code == 400
    elsewhere = road("commission", serial="8")
    assert client.get(f"/acts/{elsewhere}/{path}").status_code == 403
    assert seen.of_act(Decision, reference) == []


def test_the_decision_of_an_earlier_consideration_is_named_as_such(enter, road, as_, now):
    reference = road("council")
    give_position(reference, "yes", actor=as_("council.kz"), now=now)
    client = enter("secretariat")
    page = f"/acts/{reference}/decision"
    client.get(page)
    assert "As the positions of members stand now" in client.text
    for step, who in (("return_to_commission", "secretariat"),
                      ("approve_in_commission", "defence.secretary")):  # fmt: skip
        advance(reference, step, actor=as_(who), now=now, data={"reason": "Once more"})
    client.get(page)
    assert "the decision of an earlier consideration" in client.text
    assert "approves" not in client.last.find("table", class_="table-wide").get_text()


def test_a_procedure_that_asks_nobody_and_an_act_not_yet_there(enter, road):
    client = enter("secretariat")
    client.get(f"/acts/{road('commission')}/decision")
    assert "No decision was taken here" in client.text


def test_of_a_public_act_positions_stay_inside(enter, road, as_, now):
    reference = road("council")
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    client = enter("social.secretary")
    assert client.get(f"/acts/{reference}/decision").status_code == 403
    assert client.get(f"/acts/{reference}/position").status_code == 403


@pytest.mark.parametrize("page", ["/acts/{}/position", "/acts/{}/decision"])
def test_the_pages_take_the_same_few_statements_for_any_number_of_positions(
    enter, road, as_, now, page
):
    reference = road("council")
    client = enter("council.ru")
    members = ["council.kz", "council.kg", "council.am", "council.tj"]
    give_position(reference, "yes", actor=as_(members[0]), now=now)
    client.get(page.format(reference))
    client.get(page.format(reference))
    with counting() as few:
        client.get(page.format(reference))
    for login in members[1:]:
        give_position(reference, "abstain", actor=as_(login), now=now + timedelta(seconds=1))
    client.get(page.format(reference))
    with counting() as many:
        client.get(page.format(reference))
    assert len(few) == len(many) <= 18, str(many)
