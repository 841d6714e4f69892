"""What calls on the caller's own duties and wishes take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import (
    date_out,
    flag_out,
    many,
    moment_out,
    one,
    text_out,
    texts_out,
    word_in,
)
from tracker.api.schemas import Schema, page_of
from workflows.facts import CADENCES


class SettingsBody(Schema):
    """What is left out stays as it is."""

    language = word_in("A language of the assembly, for mails.")
    information = word_in("How comes what asks nothing of you.", enum=list(CADENCES))


class ActNameAnswer(ma.Schema):
    reference = text_out()
    titles = texts_out()


class DutyAnswer(ma.Schema):
    id = text_out()
    act = one(ActNameAnswer)
    kind = text_out()
    title = text_out()
    action = text_out(maybe=True)
    review = text_out(maybe=True)
    due = date_out(maybe=True)
    why_no_date = text_out(maybe=True)
    overdue = flag_out()
    opened_at = moment_out()


DutyPage = page_of(DutyAnswer, "DutyPage")


class FollowAnswer(ma.Schema):
    id = text_out()
    reference = text_out()
    follows = flag_out()


class FollowedAnswer(ma.Schema):
    reference = text_out(maybe=True)
    body = text_out(maybe=True)


class SettingsAnswer(ma.Schema):
    language = text_out()
    information = text_out(enum=list(CADENCES))
    office = text_out(maybe=True)
    follows = many(FollowedAnswer)
