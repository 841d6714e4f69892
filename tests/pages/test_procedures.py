"""Procedures and rights as pages: drawn from the files, with nothing left unsaid."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

import workflows
from tests.pages.test_ground import INLINE
from tracker import assembly
from tracker.procedures import words
from workflows.assembly_schema import BodyKind, Deed
from workflows.fields import FIELDS
from workflows.guards import GUARDS, WARNINGS
from workflows.schema import WITHIN, People

PROCEDURES = ("model_law", "recommendations", "statement_assembly", "statement_council")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("key", PROCEDURES)
def test_a_procedure_is_drawn_and_told_whole(enter, app, key, language):
    client = enter("drafter", language)
    answer = client.get(f"/procedures/{key}/3")
    assert answer.status_code == 200
    assert INLINE.search(answer.text) is None
    file = next(f for f in assembly.files().procedures if f.procedure.procedure == key)
    page = client.text
    for titled in (*file.procedure.states.values(), *file.procedure.actions.values()):
        assert titled.titles[language] in page, titled.titles
    arrows = sum(len(action.moves) for action in file.procedure.actions.values())
    assert len(client.last.select("section[aria-labelledby=steps] tbody tr")) == arrows
    assert client.last.select_one("svg.procedure title") is not None
    if language == "en":
        assert "Each of these rules was checked just now and holds" in page


def test_terms_without_a_source_are_marked_and_what_is_not_set_has_its_reason(enter):
    client = enter("drafter")
    client.get("/procedures/model_law/3")
    opinion = client.last.find(id="duty-review").get_text(" ", strip=True)
    assert "15 working days" in opinion
    assert "sample" in opinion
    council = client.last.find(id="duty-put_to_council").get_text(" ", strip=True)
    assert "not set: the date of the Council's sitting is not fixed" in council
    assert "only through" in client.text


def test_the_list_names_every_procedure_and_what_it_serves(enter):
    client = enter("drafter")
    client.get("/procedures")
    links = [each["href"] for each in client.last.select(".rows a")]
    assert links == [f"/procedures/{key}/3" for key in PROCEDURES]
    assert "model agreement" in client.text


@pytest.mark.parametrize("path", ["nowhere/1", "model_law/4", "model_law/0", "model_law/x"])
def test_a_procedure_or_version_that_is_not_there_is_not_found(enter, path):
    assert enter("drafter").get(f"/procedures/{path}").status_code == 404


def test_the_table_of_permissions_is_printed_from_the_file(enter, app):
    client = enter("drafter")
    client.get("/permissions")
    rows = client.last.select("tbody tr")
    assert len(rows) == len(get_args(Deed))
    said = {row.th.get_text(strip=True): row.td.get_text(" ") for row in rows}
    roles = assembly.assembly().roles
    for deed, parties in assembly.assembly().permissions.items():
        for party in parties:
            assert roles[party.role]["en"] in said[str(words.DEEDS[deed])], (deed, party)


def test_visitors_are_asked_to_log_in(browser):
    for page in ("/procedures", "/procedures/model_law/3", "/permissions"):
        assert browser.get(page).status_code == 303


def test_everything_a_file_can_name_has_its_words():
    assert set(words.DEEDS) == set(get_args(Deed))
    assert set(words.KINDS) == set(get_args(BodyKind))
    assert set(words.AUDIENCES) == {*get_args(People), "addressee"}  # who owes a reply
    assert set(words.GUARDS) == set(GUARDS)
    assert set(words.WARNINGS) == set(WARNINGS)
    assert set(words.WITHIN) == set(WITHIN)
    common = {"decided_on", "edition", "minutes_ref", "letter_ref", "basis"}
    assert set(words.FIELDS) == set(FIELDS) - common


def test_every_rule_of_soundness_is_among_those_said_to_hold():
    folder = Path(workflows.__file__).parent / "soundness"
    calls = [
        node
        for name in ("graph.py", "names.py", "fault.py")
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Fault", "unknown")
    ]
    named = {call.args[1].value for call in calls if isinstance(call.args[1], ast.Constant)}
    assert len(named) > 15
    assert named <= set(words.RULES), named - set(words.RULES)
