"""Plain text with placeholders: what is refused, and how it is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.wording.source import Flaw, fill, flaws

KNOWN = ("reference", "title", "due")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{reference}: {title}", []),
        ("{title}", [Flaw("missing_placeholder", name="reference")]),
        (
            "{reference}\n  {titel} and {xyz}",
            [
                Flaw("unknown_placeholder", 2, 3, "titel", "title"),
                Flaw("unknown_placeholder", 2, 15, "xyz"),
            ],
        ),
        ("{reference} {", [Flaw("lone_brace", 1, 13)]),
        ("{reference} {{ 7*7 }}", [Flaw("lone_brace", 1, 13)]),
        ("{reference}\n}", [Flaw("lone_brace", 2, 1)]),
        ("{reference} {Title}", [Flaw("lone_brace", 1, 13)]),
        ("{reference} {% if x %}", [Flaw("lone_brace", 1, 13)]),
    ],
)
def test_what_is_wrong_is_found_with_its_place(text, found):
    assert list(flaws(text, KNOWN, {"reference"})) == found


def test_paragraphs_are_filled_in_and_a_line_with_nothing_to_say_is_left_out():
    text = "Of {reference}:\r\n{title}\r\nUntil {due}.\r\n\r\n  \r\nOnly {due}.\n\nThe end."
    filled = fill(text, {"reference": "MA-1", "title": "{due} <b>", "due": ""})
    assert filled == [["Of MA-1:", "{due} <b>"], ["The end."]]


def test_a_placeholder_that_nobody_knows_raises():
    with pytest.raises(KeyError):
        fill("{who}", {})


@given(st.text(max_size=200))
def test_what_passes_the_lint_can_be_filled_in(text):
    if not list(flaws(text, KNOWN, ())):
        fill(text, {"reference": "1", "title": "2", "due": ""})
