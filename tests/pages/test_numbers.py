"""Numbers that come as text: whatever is typed, a page answers."""

from __future__ import annotations

import pytest

from tracker.pages.numbers import asked_page, ticked_numbers, typed_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("007", 7),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        ("1" * 19, None),
        ("1" * 5000, None),
        ("-1", None),
        ("1.0", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_what_a_database_can_keep(text, number):
    assert typed_number(text) == number


def test_a_list_asked_for_a_page_that_cannot_be_shows_the_first(app):
    for asked, page in [("3", 3), ("0", 1), ("x", 1), ("9" * 6, 999_999), ("9" * 7, 1)]:
        with app.test_request_context(f"/acts?page={asked}"):
            assert asked_page(50).page == page


def test_boxes_with_anything_else_than_a_number_are_left_out(app):
    with app.test_request_context(method="POST", data={"duties": ["4", "x", "4", "9"]}):
        assert ticked_numbers("duties") == {4, 9}


def test_a_page_number_of_any_length_is_answered(browser):
    assert browser.get(f"/public?page={'1' * 5000}").status_code == 200
