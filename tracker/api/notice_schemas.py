"""What calls on notices take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.fields import moment_out, number_out, one, text_out, word_in, words_out
from tracker.api.schemas import PagingQuery, PersonAnswer, page_of


class NoticesQuery(PagingQuery):
    state = word_in("queued, sending, sent, failed, held or skipped.")
    act = word_in("The reference of an act.")


class NoticeAnswer(ma.Schema):
    id = text_out()
    name = text_out()
    act = text_out()
    subject = text_out()
    because = words_out()
    created_at = moment_out()
    read_at = moment_out(maybe=True)


class DeliveryAnswer(ma.Schema):
    id = text_out()
    name = text_out()
    act = text_out()
    subject = text_out()
    because = words_out()
    person = one(PersonAnswer)
    state = text_out()
    why = text_out(maybe=True)
    error = text_out(maybe=True)
    attempts = number_out()
    created_at = moment_out()
    sent_at = moment_out(maybe=True)
    next_at = moment_out(maybe=True)


NoticePage = page_of(NoticeAnswer, "NoticePage")
DeliveryPage = page_of(DeliveryAnswer, "DeliveryPage")
