"""What calls on acts and their steps take and answer."""

from __future__ import annotations

import marshmallow as ma

from tracker.acts.dossier import SORTS
from tracker.api.fields import (
    any_in,
    date_out,
    flag_out,
    many,
    moment_out,
    number_out,
    one,
    required_list_in,
    text_in,
    text_out,
    texts_out,
    titles_in,
    version_in,
    word_in,
    words_out,
)
from tracker.api.schemas import (
    PagingQuery,
    PersonAnswer,
    ReasonAnswer,
    RefusalAnswer,
    Schema,
    page_of,
)
from tracker.paging import MOST_PER_PAGE
from workflows.fields import BASES


class ActsQuery(PagingQuery):
    state = word_in("The key of a state of a procedure.")
    stage = word_in("The key of a stage of a procedure.")
    kind = word_in("The key of a kind of document.")
    holder = word_in("The key of the body that holds the act now.")
    lead_body = word_in("The key of the lead commission.")
    q = word_in("Words of the present titles, or of the reference.")
    overdue = word_in("Whether what the present state asks is overdue.", enum=["true", "false"])
    sort = word_in(f"One of {', '.join(SORTS)}; with - before it, the other way round.")


class ProposalBody(Schema):
    kind = text_in(required=True)
    titles = titles_in(required=True)
    initiator = text_in(required=True, description="The key of a body, or who else proposes it.")
    lead_body = text_in()
    drafting_body = text_in()
    decided_on = text_in(description="2022-12-05, 2022-12, 2022 or unknown; today when left out.")
    continues = text_in(description="The reference of an act whose texts are carried over.")
    basis = text_in(enum=[*BASES, None])


class VisibilityBody(Schema):
    visibility = text_in(required=True, enum=["internal", "public"])
    version = version_in()


class _Step(Schema):
    """The fields a step can take. Which of them it takes and requires, the act's `actions` say."""

    class Meta:
        unknown = ma.INCLUDE

    decided_on = any_in("2022-12-05, 2022-12, 2022 or unknown; today when left out.")
    edition = any_in("The edition it is about; the current one when left out.")
    minutes_ref = any_in("The reference of the minutes.")
    letter_ref = any_in("The reference of the letter.")
    basis = any_in("document, press or assumed.")
    reason = any_in("Text.")
    lead_body = any_in("The key of a commission.")
    until = any_in("A date.")
    session = any_in("The number of the session.")
    serial = any_in("The serial number of the resolution.")
    addressees = any_in("Keys of bodies; of a dispatch, all parliaments when left out.")
    other_addressees = any_in("Who has no body here: a list of `name` and `address`.")
    due = any_in("A date by which replies are asked.")
    titles = any_in("Language → text.")
    kind = any_in("A kind of document.")


class ActionBody(_Step):
    version = version_in(required=True)


class PreviewBody(_Step):
    version = version_in()


class BulkAct(_Step):
    ref = text_in(required=True, description="The reference of the act.")
    version = version_in(required=True)


class BulkBody(_Step):
    """One step on many acts: fields beside `acts` are common to all."""

    action = text_in(required=True)
    acts = required_list_in(ma.fields.Nested(BulkAct), MOST_PER_PAGE)


class ProcedureAnswer(ma.Schema):
    key = text_out()
    version = number_out()


class HolderAnswer(ma.Schema):
    body = text_out(maybe=True)
    role = text_out(maybe=True)
    title = text_out()
    persons = many(PersonAnswer)


class EventAnswer(ma.Schema):
    n = number_out(maybe=True)
    action = text_out()
    title = text_out()
    from_ = ma.fields.String(required=True, allow_none=True, data_key="from")
    to = text_out()
    body = text_out(maybe=True)
    decided_on = text_out(maybe=True)
    basis = text_out(maybe=True)
    recorded_at = moment_out(maybe=True)
    actor = one(PersonAnswer, maybe=True)


class FieldAnswer(ma.Schema):
    name = text_out()
    type = text_out()
    required = flag_out()
    choices = ma.fields.List(ma.fields.Raw(), required=True)


class ActionAnswer(ma.Schema):
    name = text_out()
    title = text_out()
    allowed = flag_out()
    request = ma.fields.Boolean(metadata={"description": "You may only ask for this step."})
    refusals = many(RefusalAnswer)
    warnings = many(RefusalAnswer)
    fields = many(FieldAnswer)  # type: ignore[assignment]


class ActSummaryAnswer(ma.Schema):
    id = text_out()
    reference = text_out()
    kind = text_out()
    titles = texts_out()
    procedure = one(ProcedureAnswer)
    state = text_out()
    stage = text_out()
    holder = one(HolderAnswer, maybe=True)
    since = date_out()
    due = date_out(maybe=True)
    version = number_out()
    visibility = text_out()
    last_event = one(EventAnswer, maybe=True)
    waiting_for = many(ReasonAnswer)
    number = text_out(maybe=True)
    initiator = text_out(maybe=True)
    lead_body = text_out(maybe=True)


class ToldAnswer(ma.Schema):
    person = one(PersonAnswer)
    notices = words_out()
    reasons = many(ReasonAnswer)


class ActAnswer(ActSummaryAnswer):
    actions = many(ActionAnswer)
    told = ma.fields.List(
        ma.fields.Nested(ToldAnswer), metadata={"description": "After a step: who is told of it."}
    )


class OwedAnswer(ma.Schema):
    kind = text_out()
    title = text_out()
    holder = one(HolderAnswer)
    due = date_out(maybe=True)
    why_no_date = text_out(maybe=True)


class PreviewAnswer(ma.Schema):
    action = text_out()
    state = text_out()
    stage = text_out()
    request = flag_out()
    number = text_out(maybe=True)
    duties = many(OwedAnswer)
    told = many(ToldAnswer)
    followers = number_out()
    warnings = many(RefusalAnswer)


class BulkItemAnswer(ma.Schema):
    ref = text_out()
    status = number_out()
    code = text_out()
    refusals = many(RefusalAnswer)
    act = one(ActSummaryAnswer, maybe=True)


class BulkAnswer(ma.Schema):
    batch = text_out(maybe=True)
    items = many(BulkItemAnswer)


class EntryAnswer(EventAnswer):
    on_behalf_of = one(PersonAnswer, maybe=True)
    edition = number_out(maybe=True)
    reason = text_out(maybe=True)
    texts = texts_out()
    data = ma.fields.Dict(required=True)
    corrected_by = number_out(maybe=True)
    withheld = flag_out(
        description="Something was recorded; what and by whom is not yours to read."
    )
    hash = text_out()


ActPage = page_of(ActSummaryAnswer, "ActPage")
EntryPage = page_of(EntryAnswer, "EntryPage")
