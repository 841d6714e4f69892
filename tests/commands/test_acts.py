"""Acts from the command line: the same operations, refusals and JSON as elsewhere."""

import json

import pytest

from tests import seen
from tests.road import bring_to, propose
from tracker.acts.operations import set_visibility
from tracker.commands.acts import fields_from

AS = ("--as", "secretariat@demo.example.org")


def test_a_list_is_what_the_reader_sees(shell, as_, now, tmp_path):
    first = propose(as_, now)
    second = bring_to("commission", as_, now, tmp_path)
    assert "0 in all." in shell.said("act", "list")
    set_visibility(second, "public", actor=as_("secretariat"), now=now)
    assert second in shell.said("act", "list")
    everything = shell.said("act", "list", *AS)
    assert "On a Trial Matter" in everything
    assert "2 in all." in everything
    found = json.loads(shell.said("act", "list", *AS, "--state", "proposed", "--json"))
    assert [item["reference"] for item in found["items"]] == [first]
    assert "(not_a_choice)" in shell.refused("act", "list", "--state", "limbo")
    assert "nobody has the address" in shell.refused("act", "list", "--as", "x@y.z", status=2)


def test_an_act_is_shown_for_its_reader(shell, as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)
    said = shell.said("act", "show", reference, "--as", "eab.secretary@demo.example.org")
    assert "EAB examination (eab_review)" in said
    assert "owed: Examine the draft and decide" in said
    assert "not yet: refer_to_commission - No expert opinion is in." in said
    assert "can: postpone (reason)" in said
    assert "Sent to the EAB" in said
    found = json.loads(shell.said("act", "show", reference, *AS, "--json"))
    assert (found["state"], found["version"]) == ("eab_review", 4)
    assert [entry["action"] for entry in found["timeline"]] == seen.actions(reference)
    assert "(no_such_act)" in shell.refused("act", "show", reference)


def test_a_public_act_shows_no_persons(shell, as_, now):
    reference = propose(as_, now)
    set_visibility(reference, "public", actor=as_("secretariat"), now=now)
    said = shell.said("act", "show", reference)
    assert "last: Proposal registered" in said
    assert "owed" not in said
    assert "Obraztsova" not in said
    assert json.loads(shell.said("act", "show", reference, "--json"))["timeline"] == []


def test_a_preview_changes_nothing_and_a_step_does(shell, as_, now):
    reference = propose(as_, now)
    before = seen.counts()
    said = shell.said("act", "advance", reference, "open_concept", *AS, "--preview")
    assert "to: concept" in said
    assert "told: eab.secretary@demo.example.org" in said
    foreseen = json.loads(
        shell.said("act", "advance", reference, "open_concept", *AS, "--preview", "--json")
    )
    assert foreseen["state"] == "concept"
    assert seen.counts() == before
    done = shell.said("act", "advance", reference, "open_concept", *AS, "--version", "1")
    assert "Concept (concept)" in done
    assert "told: eab.secretary@demo.example.org" in done
    assert seen.act_of(reference).state == "concept"


def test_the_fields_of_a_step(shell, as_, now, tmp_path):
    reference = bring_to("adopted", as_, now, tmp_path)
    words = ("--field", "titles.ru=Иное название", "--field", "titles.en=Another, title")
    reason = ("--field", "reason=a=b, c", "--decided-on", "2026-11")
    given = shell.said("act", "advance", reference, "retitle", *AS, *words, *reason, "--json")
    assert json.loads(given)["titles"] == {"ru": "Иное название", "en": "Another, title"}
    assert seen.timeline(reference)[-1].decided_precision == "month"
    addressees = ("--field", "addressees=parliament_am,parliament_kz")
    shell.said("act", "advance", reference, "dispatch", *AS, *addressees)
    assert seen.timeline(reference)[-1].data["addressees"] == ["parliament_am", "parliament_kz"]


def test_refusals_are_lines_with_field_and_code(shell, as_, now):
    reference = propose(as_, now)
    step = ("act", "advance", reference)
    said = shell.refused(*step, "start_drafting", *AS, "--decided-on", "2030", "--field", "x=1")
    assert said.startswith("Error: ")
    assert {line.rpartition(" ")[2] for line in said.splitlines()} == {
        "(required)",
        "(in_the_future)",
        "(unknown_field)",
    }
    assert "reason: " in said
    assert "(stale)" in shell.refused(*step, "open_concept", *AS, "--version", "7")
    assert "(wrong_state)" in shell.refused(*step, "dispatch", *AS)
    assert "(unknown_action)" in shell.refused(*step, "fly", *AS)
    other = ("--as", "eab.chair@demo.example.org")
    assert "(not_your_step)" in shell.refused(*step, "open_concept", *other)
    assert seen.actions(reference) == ["propose"]


def test_a_correction_is_a_step_too(shell, as_, now):
    reference = propose(as_, now)
    shell.said("act", "advance", reference, "open_concept", *AS)
    assert "(required)" in shell.refused("act", "advance", reference, "correct", *AS)
    shell.said("act", "advance", reference, "correct", *AS, "--field", "reason=Ошибка")
    assert seen.act_of(reference).state == "proposed"


@pytest.mark.parametrize("given", [("x",), ("=x",), ("a=1", "a=2"), ("a=1", "a.b=2")])
def test_a_field_is_a_pair_given_once(shell, given):
    pairs = [word for pair in given for word in ("--field", pair)]
    assert "--field" in shell.refused("act", "advance", "X", "reject", *AS, *pairs, status=2)


def test_pairs_become_data():
    assert fields_from(["reason=a=b", "titles.ru=x", "titles.en=y", "addressees=a,,b"]) == {
        "reason": "a=b",
        "titles": {"ru": "x", "en": "y"},
        "addressees": ["a", "b"],
    }


def test_an_admission_from_a_file(shell, tmp_path):
    file = tmp_path / "act.json"
    said = {
        "kind": "model_law",
        "titles": {"ru": "О пробном деле"},
        "initiator": "parliament_kz",
        "lead_body": "defence",
        "state": "commission",
        "history": [
            {"action": "open_concept", "decided_on": "2023"},
            {"state": "commission", "decided_on": "2024-05-06", "basis": "press"},
        ],
    }
    file.write_text(json.dumps(said), encoding="utf-8")
    reference = shell.said("act", "admit", str(file), *AS).strip()
    assert seen.act_of(reference).state == "commission"
    assert seen.actions(reference) == ["propose", "open_concept", "admit"]
    file.write_text(json.dumps(said | {"state": "limbo"}), encoding="utf-8")
    assert "state: " in shell.refused("act", "admit", str(file), *AS)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"history": 5}', '{"history": [1]}', '{"colour": "red"}', "\ud800"]
)
def test_a_file_that_is_no_admission(shell, tmp_path, content):
    file = tmp_path / "act.json"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    said = shell.refused("act", "admit", str(file), *AS)
    assert said.startswith(f"Error: {file} ")
