"""Bodies and persons: who sees them, who keeps them, what forms refuse and keep."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import seen
from tests.counting import counting
from tests.pages.conftest import both_databases
from tracker.db import db
from tracker.people.accounts import check_log_in
from tracker.people.models import Absence, Account, Membership, Person
from tracker.people.queries import find_person

EXPERT = {
    "names-ru": "Пётр Новиков", "names-en": "Pyotr Novikov", "email": "P.Novikov@Example.org",
    "language": "en", "institution": "Institute of Law", "member": "kz",
}  # fmt: skip


def fresh():
    """The database as it is now."""
    db.session.remove()
    return db.session


def person_id(login):
    return find_person(db.session, f"{login}@demo.example.org").id


@pytest.mark.parametrize("login", ["drafter", "council.kg", "eab.expert1", "admin"])
def test_everybody_inside_sees_bodies_and_who_sits_in_them(enter, browser, login):
    client = enter(login)
    assert client.get("/bodies").status_code == 200
    for said in ("Expert Advisory Board", "Vera Uslovnaya", "Parliament of Kyrgyzstan"):
        assert said in client.text
    assert client.get("/bodies/council").status_code == 200
    assert "Bakyt Keneshev" in client.text
    assert "1 Jan 2020" in client.text
    assert client.get("/bodies/nowhere").status_code == 404
    assert "@demo" not in client.text
    assert browser.get("/bodies").status_code == 303


@pytest.mark.parametrize(("login", "status"), [
    ("secretariat", 200), ("admin", 200), ("eab.secretary", 403), ("council.ru", 403),
])  # fmt: skip
def test_persons_are_kept_by_whom_the_table_permits(enter, login, status):
    client = enter(login)
    number = person_id("eab.expert1")
    for page in ("/people", "/people/new", f"/people/{number}", f"/people/{number}/edit"):
        assert client.get(page).status_code == status, page
    if status == 403:
        before = seen.counts()
        for page, data in (
            ("/people/new", EXPERT), (f"/people/{number}/edit", EXPERT),
            (f"/people/{number}/seats", {"seat-seat": "eab.chair", "seat-since": "2026-11-24"}),
            (f"/people/{number}/seats/1/end", {"end-1-until": "2026-11-24"}),
            (f"/people/{number}/absences", {}), (f"/people/{number}/account", {}),
            (f"/people/{number}/account/disable", {}),
        ):  # fmt: skip
            assert client.send(page, data).status_code == 403, page
        assert seen.counts() == before


@both_databases
def test_people_are_found_by_name_address_and_institution(enter):
    client = enter("secretariat")
    for q, found in (("асанов", 1), ("ASANOV", 1), ("eab.expert5", 1), ("юридическая", 1),
                     ("нурлан академия", 1), ("nobody at all", 0)):  # fmt: skip
        client.get("/people", query_string={"q": q})
        assert len(client.last.select("tbody tr")) == found, q
    assert "Nobody is found by these words" in client.text


def test_a_person_is_added_corrected_and_seated(enter):
    client = enter("secretariat")
    answer = client.send("/people/new", EXPERT)
    assert answer.status_code == 303
    page = answer.location
    client.get(page)
    for said in ("Pyotr Novikov", "p.novikov@example.org", "Institute of Law", "Kazakhstan",
                 "No seats yet"):  # fmt: skip
        assert said in client.text, said
    changed = {**EXPERT, "names-en": "Petr Novikov", "institution": ""}
    assert client.send(f"{page}/edit", changed).status_code == 303
    seat = {"seat-seat": "eab.expert", "seat-since": "2026-11-01", "seat-until": ""}
    assert client.send(f"{page}/seats", seat).status_code == 303
    client.get(page)
    assert "Petr Novikov" in client.text
    assert "Expert Advisory Board (EAB)" in client.last.select_one(".rows").get_text()
    assert "since 1 Nov 2026" in client.text
    client.get("/bodies/eab")
    assert "Petr Novikov" in client.text


@pytest.mark.parametrize(("wrong", "anchor"), [
    ({"email": "nonsense"}, "#email"), ({"email": ""}, "#email"), ({"names-ru": " "}, "#names-ru"),
    ({"email": "eab.chair@demo.example.org"}, "#email"), ({"language": "fr"}, "#language"),
    ({"member": "xx"}, "#member"), ({"institution": "x" * 501}, "#institution"),
])  # fmt: skip
def test_a_person_that_cannot_be_added_is_named_at_the_field_and_the_rest_stays(
    enter, wrong, anchor
):
    client = enter("secretariat")
    before = seen.counts()
    assert client.send("/people/new", {**EXPERT, **wrong}).status_code == 422
    assert client.last.select_one(".error-summary a")["href"] == anchor
    assert client.last.select_one("#names-en")["value"] == "Pyotr Novikov"
    assert seen.counts() == before


def test_a_seat_is_given_once_and_ends_with_a_day(enter):
    number = person_id("eab.expert1")
    client = enter("secretariat")
    page = f"/people/{number}"
    for wrong, said in (
        ({"seat-seat": "eab.expert", "seat-since": "2026-11-24"}, "has this seat at that time"),
        ({"seat-seat": "eab.pope", "seat-since": "2026-11-24"}, "Not a valid choice"),
        ({"seat-seat": "eab.chair", "seat-since": ""}, "Give the first day"),
        ({"seat-seat": "eab.chair", "seat-since": "24.11.2026"}, "Not a valid date"),
        ({"seat-seat": "eab.chair", "seat-since": "2026-11-24", "seat-until": "2026-11-01"},
         "end lies before the beginning"),
    ):  # fmt: skip
        assert client.send(f"{page}/seats", wrong).status_code == 422, said
        assert said in client.last.select_one(".error-summary").get_text(), said
        assert client.last.select_one("details[open] #seat-seat") is not None
    seat = db.session.scalar(select(Membership.id).where(Membership.person_id == number))
    early = {f"end-{seat}-until": "2019-01-01"}
    assert client.send(f"{page}/seats/{seat}/end", early).status_code == 422
    assert client.last.select_one(".error-summary a")["href"] == f"#end-{seat}-until"
    assert client.last.find(id=f"end-{seat}-until")["value"] == "2019-01-01"
    last = {f"end-{seat}-until": "2026-11-24"}
    assert client.send(f"{page}/seats/{seat}/end", last).status_code == 303
    assert fresh().get_one(Membership, seat).until == date(2026, 11, 24)
    assert client.send(
        f"{page}/seats/999999/end", {"end-999999-until": "2026-11-24"}
    ).status_code in (404, 422)


def test_an_absence_has_a_deputy_and_ends_when_they_are_back(enter, now):
    number, deputy = person_id("eab.secretary"), person_id("eab.chair")
    client = enter("secretariat")
    page = f"/people/{number}"
    given = {"absence-since": "2026-11-20", "absence-until": "2026-11-30",
             "absence-deputy": str(deputy)}  # fmt: skip
    backwards = {**given, "absence-until": "2026-11-01"}
    assert client.send(f"{page}/absences", backwards).status_code == 422
    assert client.last.find(id="absence-since")["value"] == "2026-11-20"
    assert client.send(f"{page}/absences", given).status_code == 303
    client.get(page)
    assert "stood in for by Gleb Pokazov" in client.text
    absence = fresh().scalar(select(Absence.id))
    assert client.send(f"{page}/absences/{absence}/end").status_code == 303
    assert fresh().get_one(Absence, absence).until == now.date() - timedelta(days=1)
    later = {**given, "absence-since": "2026-12-01", "absence-until": "2026-12-02"}
    client.send(f"{page}/absences", later)
    coming = fresh().scalar(select(Absence.id).order_by(Absence.id.desc()))
    client.send(f"{page}/absences/{coming}/end")
    assert fresh().get(Absence, coming) is None
    assert client.send(f"{page}/absences/{coming}/end").status_code == 404


def test_an_account_is_opened_with_a_password_shown_once(enter, now):
    client = enter("admin")
    page = client.send("/people/new", EXPERT).location
    client.get(page)
    assert "There is none" in client.text
    answer = client.send(f"{page}/account")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    password = client.last.select_one("code").get_text()
    address = "p.novikov@example.org"
    fresh()
    assert check_log_in(address, password, "192.0.2.1", now).email == address
    assert password not in client.get(page).text
    client.send(f"{page}/account")
    second = client.last.select_one("code").get_text()
    assert second != password
    fresh()
    assert check_log_in(address, second, "192.0.2.1", now).email == address
    assert client.send(f"{page}/account/disable").status_code == 303
    account = fresh().scalar(select(Account).where(Account.email == address))
    assert account.active is False
    client.get(page)
    assert "Open it again" in client.text
    client.send(f"{page}/account")
    assert fresh().scalar(select(Account.active).where(Account.email == address)) is True


def test_accounts_are_for_administrators_alone(enter):
    number = person_id("eab.expert1")
    client = enter("secretariat")
    client.get(f"/people/{number}")
    assert "Give another password" not in client.text
    assert client.send(f"/people/{number}/account").status_code == 403
    assert client.send(f"/people/{number}/account/disable").status_code == 403


def test_who_keeps_persons_does_not_thereby_become_an_administrator(enter):
    client = enter("secretariat")
    mine, admin = person_id("secretariat"), person_id("admin")
    taking = {"seat-seat": "secretariat.administrator", "seat-since": "2026-11-24"}
    assert client.send(f"/people/{mine}/seats", taking).status_code == 422
    assert "only who opens accounts" in client.last.select_one(".error-summary").get_text()
    deputy = {"absence-since": "2026-11-20", "absence-until": "2026-11-30",
              "absence-deputy": str(mine)}  # fmt: skip
    assert client.send(f"/people/{admin}/absences", deputy).status_code == 422
    seat = db.session.scalar(select(Membership.id).where(Membership.person_id == admin))
    ending = {f"end-{seat}-until": "2026-11-24"}
    assert client.send(f"/people/{admin}/seats/{seat}/end", ending).status_code == 422
    root = enter("admin")
    assert root.send(f"/people/{mine}/seats", taking).status_code == 303


def test_forms_need_the_token_of_their_page(enter):
    number = person_id("eab.expert1")
    client = enter("admin")
    before = seen.counts()
    for page in ("/people/new", f"/people/{number}/edit", f"/people/{number}/seats",
                 f"/people/{number}/absences", f"/people/{number}/account",
                 f"/people/{number}/account/disable"):  # fmt: skip
        assert client.post(page, data=EXPERT).status_code == 400, page
    assert seen.counts() == before


def test_a_name_with_markup_is_text(enter):
    client = enter("secretariat")
    page = client.send("/people/new", {**EXPERT, "names-en": "<i>Pyotr</i>"}).location
    client.get(page)
    assert "<i>Pyotr</i>" in client.last.h1.get_text()


@pytest.mark.parametrize(("page", "budget"), [("/bodies", 3), ("/people", 5)])
def test_the_pages_take_the_same_few_statements_for_any_number_of_people(enter, page, budget):
    client = enter("secretariat")
    client.get(page)
    with counting() as few:
        client.get(page)
    for number in range(5):
        client.send("/people/new", {**EXPERT, "email": f"p{number}@example.org"})
    with counting() as many:
        client.get(page)
    assert len(few) == len(many) <= budget, str(many)
    assert fresh().scalar(select(Person.id).where(Person.email == "p4@example.org"))
