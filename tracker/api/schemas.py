"""What calls of every kind take and answer.

Each topic has the rest in a file of its own, beside its calls: first what is taken, then what is
answered.
"""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import (
    LAST_NUMBER,
    many,
    number_out,
    text_out,
    texts_out,
    typed_number_in,
    within,
)
from tracker.paging import MOST_PER_PAGE, PER_PAGE


class Schema(ma.Schema):
    """What is taken: a body, a query, a form."""

    error_messages = {"unknown": "unknown_field", "type": "not_an_object"}  # noqa: RUF012


class Nothing(Schema):
    """No fields."""


class PagingQuery(Schema):
    page = typed_number_in("Counted from 1.", within(1, LAST_NUMBER), load_default=1)
    per_page = typed_number_in(
        "How many on a page.", within(1, MOST_PER_PAGE), load_default=PER_PAGE
    )


class RefusalAnswer(ma.Schema):
    code = text_out()
    message = text_out()
    field = ma.fields.String()


class PersonAnswer(ma.Schema):
    id = text_out()
    names = texts_out()
    email = text_out()


class ReasonAnswer(ma.Schema):
    code = text_out()
    message = text_out()


def page_of(item: type[ma.Schema], name: str) -> type[ma.Schema]:
    """A page of a list, for the document under a name of its own."""
    return ma.Schema.from_dict(
        {
            "items": many(item),
            "total": number_out(),
            "page": number_out(),
            "per_page": number_out(),
        },
        name=name,
    )
