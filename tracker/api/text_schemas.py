"""What calls on the text of an edition take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import (
    LAST_NUMBER,
    counts_out,
    flag_out,
    many,
    number_out,
    one,
    text_in,
    text_out,
    typed_number_in,
    within,
    word_in,
    words_out,
)
from tracker.api.schemas import RefusalAnswer, Schema


class LanguageQuery(Schema):
    language = word_in("A language of the assembly; the authentic one when left out.")


def _other_edition() -> ma.fields.Integer:
    return typed_number_in(
        "The number of the other edition.", within(1, LAST_NUMBER), required=True
    )


ComparisonQuery: type[ma.Schema] = LanguageQuery.from_dict(
    {"with": _other_edition()}, name="ComparisonQuery"
)
ComparisonBody: type[ma.Schema] = Schema.from_dict(
    {"with": _other_edition(), "language": text_in(description="The authentic one when left out.")},
    name="ComparisonBody",
)


class TextProvisionAnswer(ma.Schema):
    eid = text_out(description="Its name in this edition, by the rules of Akoma Ntoso.")
    wid = text_out(description="The name that it keeps through the editions.")
    parent = text_out(maybe=True)
    kind = text_out()
    number = text_out()
    label = text_out()
    place = text_out()
    heading = text_out()
    text = text_out()


class TextNoteAnswer(ma.Schema):
    id = text_out()
    mark = text_out()
    text = text_out()


class TextOddityAnswer(ma.Schema):
    code = text_out()
    place = text_out()
    message = text_out()


class RevisionMarkAnswer(ma.Schema):
    kind = text_out(enum=["insertion", "deletion", "move", "format"])
    text = text_out()
    author = text_out()
    date = text_out()
    place = text_out()


class TextAnswer(ma.Schema):
    act = text_out()
    edition = number_out()
    language = text_out()
    state = text_out(enum=["waiting", "ready", "unreadable"])
    problem = one(RefusalAnswer, maybe=True)
    previous = number_out(maybe=True)
    title = text_out()
    preface = text_out()
    preamble = text_out()
    provisions = many(TextProvisionAnswer)
    conclusions = text_out()
    notes = many(TextNoteAnswer)
    oddities = many(TextOddityAnswer)
    revision_marks = many(RevisionMarkAnswer)


class StretchAnswer(ma.Schema):
    kind = text_out(enum=["equal", "insert", "delete"])
    text = text_out()


class ProvisionChangeAnswer(ma.Schema):
    statuses = words_out()
    kind = text_out()
    old = text_out(maybe=True)
    new = text_out(maybe=True)
    label = many(StretchAnswer)
    heading = many(StretchAnswer)
    text = many(StretchAnswer)


ComparisonAnswer = ma.Schema.from_dict(
    {
        "act": text_out(),
        "from": number_out(),
        "to": number_out(),
        "language": text_out(),
        "state": text_out(enum=["ready", "waiting", "failed", "not_asked", "unread"]),
        "same": flag_out(maybe=True),
        "counts": counts_out(),
        "changes": many(ProvisionChangeAnswer),
        "outside": ma.fields.Dict(
            keys=ma.fields.String(),
            values=ma.fields.List(ma.fields.Nested(StretchAnswer)),
            required=True,
        ),
    },
    name="ComparisonAnswer",
)
