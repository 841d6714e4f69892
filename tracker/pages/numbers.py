"""Numbers as addresses and forms bring them: text of which nothing is sure."""

from __future__ import annotations

from flask import request

from tracker.paging import Paging

_LONGEST = 18
"""Digits that every database keeps as a whole number."""
_LONGEST_PAGE = 6


def typed_number(text: str | None, longest: int = _LONGEST) -> int | None:
    """The whole number that stands there; None where there is none, or one of more digits."""
    known = text is not None and text.isascii() and text.isdecimal() and len(text) <= longest
    return int(text) if known and text else None


def ticked_numbers(name: str) -> set[int]:
    """The numbers of the boxes of this name that are ticked in the form sent."""
    found = (typed_number(each) for each in request.form.getlist(name))
    return {number for number in found if number is not None}


def asked_page(per_page: int, counted: int | None = None) -> Paging:
    """Which page of a list the address asks for: the first where it names none that can be."""
    return Paging(typed_number(request.args.get("page"), _LONGEST_PAGE) or 1, per_page, counted)
