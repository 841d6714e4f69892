"""What calls on editions take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import (
    file_in,
    flag_out,
    many,
    moment_out,
    number_out,
    text_in,
    text_out,
    typed_number_in,
    typed_version_in,
    word_in,
)
from tracker.api.schemas import Schema, page_of


class EditionForm(Schema):
    file = file_in("The file.")
    language = text_in(required=True, description="A language of the assembly.")
    edition = typed_number_in(
        "An edition to add to; a new one when left out.",
        ma.validate.Range(1, error="not_a_number"),
    )
    part = text_in(enum=["text", "memorandum", None])
    version = typed_version_in()


class FileQuery(Schema):
    part = word_in(enum=["text", "memorandum"])


class FileAnswer(ma.Schema):
    language = text_out()
    part = text_out()
    filename = text_out()
    media_type = text_out()
    size = number_out()
    sha256 = text_out()
    url = text_out()


class EditionAnswer(ma.Schema):
    id = text_out()
    act = text_out()
    edition = number_out()
    frozen = flag_out()
    created_at = moment_out()
    files = many(FileAnswer)


EditionPage = page_of(EditionAnswer, "EditionPage")
