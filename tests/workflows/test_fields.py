"""What each field accepts, and what it says of the rest."""

from datetime import date, datetime

import pytest

from tests.workflows.world import csto
from workflows.decided import Decided
from workflows.fields import COMMON, FIELDS, Unfit, choices, clean, line, text, titles

W = csto()
FACTS = W.facts("model_law", "commission")
SOME = {"id": 5}

ACCEPTED = [
    ("reason", "  Two\r\nlines ", "Two\nlines"),
    ("reason", "x" * 20_000, "x" * 20_000),
    ("lead_body", "social", "social"),
    ("until", "2027-03-01", date(2027, 3, 1)),
    ("until", date(2027, 3, 1), date(2027, 3, 1)),
    ("session", 18, 18),
    ("session", " 18 ", 18),
    ("serial", 3.5, "3.5"),
    ("serial", 7, "7"),
    ("serial", " 3.5 ", "3.5"),
    ("addressees", "parliament_am", ["parliament_am"]),
    ("addressees", ["parliament_am", "parliament_am"], ["parliament_am"]),
    ("addressees", ["organ", "coordination"], ["organ", "coordination"]),
    ("other_addressees", " Институт ;  Минск,  1\n\nВедомство", "Институт; Минск, 1\nВедомство"),
    (
        "other_addressees",
        [{"name": "Институт; и партнёры", "address": "Минск"}, {"name": "Ведомство"}],
        "Институт, и партнёры; Минск\nВедомство",
    ),
    ("due", "2027-03-01", date(2027, 3, 1)),
    ("titles", {"ru": " О  воде ", "en": None}, {"ru": "О воде"}),
    ("titles", {"ru": "О воде", "en": ""}, {"ru": "О воде"}),
    ("titles", {"ru": "О <b>воде</b>"}, {"ru": "О <b>воде</b>"}),  # pages escape, not forms
    ("kind", "model_code", "model_code"),
    ("kind", "recommendations", "recommendations"),
    ("decided_on", "2022-12", Decided(date(2022, 12, 1), "month")),
    ("decided_on", Decided.day(date(2022, 12, 5)), Decided.day(date(2022, 12, 5))),
    ("decided_on", "unknown", Decided(None, "unknown")),
    ("edition", "2", 2),
    ("minutes_ref", " No\n 4 ", "No 4"),
    ("letter_ref", "1-2/345", "1-2/345"),
    ("basis", "press", "press"),
]

REFUSED = [
    ("reason", 5, "not_text"),
    ("reason", ["x"], "not_text"),
    ("reason", "x" * 20_001, "too_long"),
    ("reason", "bell \x07", "control_characters"),
    ("reason", "null \x00", "control_characters"),
    ("reason", "half \ud800", "control_characters"),
    ("minutes_ref", "x" * 501, "too_long"),
    ("letter_ref", SOME, "not_text"),
    ("lead_body", "eab", "not_a_choice"),
    ("lead_body", ["social"], "not_a_choice"),
    ("lead_body", 5, "not_a_choice"),
    ("until", "soon", "not_a_date"),
    ("until", "2027-02-30", "not_a_date"),
    ("until", "01.03.2027", "not_a_date"),
    ("until", 20270301, "not_text"),
    ("until", datetime(2027, 3, 1), "not_text"),
    ("until", "2201-01-01", "date_too_late"),
    ("session", "eighteen", "not_a_number"),
    ("session", True, "not_a_number"),
    ("session", 1.5, "not_a_number"),
    ("session", SOME, "not_a_number"),
    ("session", 0, "out_of_range"),
    ("session", -1, "out_of_range"),
    ("session", 10_000, "out_of_range"),
    ("session", "9" * 30, "not_a_number"),
    ("session", "٣", "not_a_number"),
    ("serial", True, "not_a_serial"),
    ("serial", SOME, "not_a_serial"),
    ("addressees", 5, "not_a_list"),
    ("addressees", SOME, "not_a_list"),
    ("addressees", ["parliament_am", "eab"], "not_a_choice"),
    ("addressees", [["parliament_am"]], "not_a_choice"),
    ("addressees", [SOME], "not_a_choice"),
    ("other_addressees", "; Минск", "not_addressees"),
    ("other_addressees", 5, "not_addressees"),
    ("other_addressees", ["Институт"], "not_addressees"),
    ("other_addressees", [{"name": 5}], "not_text"),
    ("other_addressees", "x" * 501, "too_long"),
    ("other_addressees", "Институт\n" * 101, "too_many"),
    ("due", "soon", "not_a_date"),
    ("titles", "О воде", "not_titles"),
    ("titles", {"en": "On Water"}, "no_authentic_title"),
    ("titles", {"ru": "  "}, "no_authentic_title"),
    ("titles", {"ru": "О воде", "de": "Wasser"}, "unknown_language"),
    ("titles", {"ru": 5}, "not_text"),
    ("titles", {"ru": "x" * 501}, "too_long"),
    ("kind", "model_law", "not_a_choice"),  # it is that already
    ("kind", "statement_council", "not_a_choice"),
    ("kind", None, "not_a_choice"),
    ("decided_on", "2022/12/05", "not_a_decided_date"),
    ("decided_on", 2022, "not_text"),
    ("edition", 3, "no_such_edition"),
    ("edition", "last", "not_a_number"),
    ("basis", "rumour", "not_a_choice"),
    ("basis", 5, "not_a_choice"),
]


def test_every_field_is_tried_with_good_and_bad():
    assert {name for name, *_ in ACCEPTED} == {name for name, *_ in REFUSED} == set(FIELDS)


@pytest.mark.parametrize(("name", "raw", "value"), ACCEPTED)
def test_a_field_accepts(name, raw, value):
    assert FIELDS[name][1](FACTS, raw) == value


@pytest.mark.parametrize(("name", "raw", "code"), REFUSED)
def test_a_field_refuses_and_says_why(name, raw, code):
    with pytest.raises(Unfit) as raised:
        FIELDS[name][1](FACTS, raw)
    assert raised.value.code == code


def test_every_step_takes_the_common_fields():
    raw = {"reason": "x", "minutes_ref": "1", "letter_ref": "2", "basis": "press", "edition": 1,
           "decided_on": "2026"}  # fmt: skip
    values, faults = clean({}, raw, FACTS)
    assert (values.keys(), faults) == (set(COMMON), [])


def test_unknown_fields_are_named():
    _values, faults = clean({"reason": "required"}, {"reason": "x", "raison": "y"}, FACTS)
    assert [(fault.code, fault.field) for fault in faults] == [("unknown_field", "raison")]


@pytest.mark.parametrize("blank", [None, "", "   ", "\n"])
def test_blank_is_not_given(blank):
    values, faults = clean({"reason": "required"}, {"reason": blank, "letter_ref": blank}, FACTS)
    assert values == {}
    assert [(fault.code, fault.field) for fault in faults] == [("required", "reason")]


def test_all_faults_come_together_and_each_field_has_one():
    asked = {"session": "required", "serial": "required", "reason": "optional"}
    _values, faults = clean(asked, {"session": "x", "reason": 5}, FACTS)
    assert {fault.field: fault.code for fault in faults} == {
        "session": "not_a_number",
        "reason": "not_text",
        "serial": "required",
    }


def test_choices_are_what_the_field_accepts():
    for name in ("lead_body", "addressees", "kind", "basis"):
        for choice in choices(name, FACTS):
            assert clean({name: "required"}, {name: choice}, FACTS)[1] == []
    assert choices("reason", FACTS) == []
    assert choices("kind", W.facts("statement_council", "drafting")) == []
    assert "model_law" not in choices("kind", FACTS)


def test_words_for_other_forms():
    assert line(" a\n b ") == "a b"
    assert text("a\n b ") == "a\n b"
    assert titles({"en": "Water"}, ("en", "fr"), "en") == {"en": "Water"}


SHOWN = [
    ("2022-12-05", date(2022, 12, 5)),
    ("2022-12", date(2022, 12, 31)),
    ("2024-02", date(2024, 2, 29)),
    ("2022", date(2022, 12, 31)),
    ("unknown", None),
]


@pytest.mark.parametrize(("written", "last"), SHOWN)
def test_a_date_is_shown_as_far_as_it_is_known(written, last):
    decided = Decided.parse(written)
    assert str(decided) == written
    assert decided.last == last
