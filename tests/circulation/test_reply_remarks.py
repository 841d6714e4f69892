"""A reply in the table of remarks: whose its remarks are, and what becomes of them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.circulation.rounds import open_round, say
from tests.circulation.test_replies import act, asked, facts_of  # noqa: F401
from tracker.acts.models import Act
from tracker.circulation.models import Addressee, Reply
from tracker.db import db
from tracker.errors import Invalid
from tracker.remarks.answering import Answer, Chosen, answer_remarks, confirm_answers
from tracker.remarks.counts import fates_of_replies
from tracker.remarks.models import Remark
from tracker.remarks.reading import sight_of

ROW = {"place": "Статья 1", "kind": "legal", "text": "Уточнить.", "wording": "«Дело — образец»"}


def rows():
    db.session.expire_all()
    return db.session.scalars(select(Remark).order_by(Remark.n)).all()


def test_remarks_of_a_reply_are_rows_of_the_table(as_, now, asked):  # noqa: F811
    number = say(
        asked, "parliament.am", as_, now, kind="remarks", text="Препровождаем замечания.",
        letter_ref="1-17/203", remarks=[ROW, {**ROW, "place": "", "wording": ""}, {}],
    )  # fmt: skip
    first, second = rows()
    assert (first.source, first.reply_id, first.author_body, first.letter_ref, first.edition) == (
        "reply", number, "parliament_am", "1-17/203", 1
    )  # fmt: skip
    assert (first.place, first.kind, first.text, first.wording) == tuple(ROW.values())
    assert (second.eid, second.place, second.wording) == (None, "", None)
    say(asked, "parliament.am", as_, now, kind="not_supported", text="И ещё одно.")
    assert [(each.n, each.kind, each.text) for each in rows()][2] == (3, "other", "И ещё одно.")


def test_a_letter_of_who_has_no_body_is_theirs_by_name(as_, now, act):  # noqa: F811
    number = open_round(act, as_, now, other_addressees="Ведомство Минска; г. Минск")
    named = db.session.scalar(select(Addressee.id).where(Addressee.name == "Ведомство Минска"))
    say(
        number, "defence.secretary", as_, now, kind="remarks", text="Доработать.",
        letter_ref="15", addressee=str(named),
    )  # fmt: skip
    (found,) = rows()
    assert (found.author_body, found.author_name) == (None, "Ведомство Минска")


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"kind": "no_remarks", "remarks": [ROW]}, ["kind"]),
        ({"kind": "remarks", "remarks": [{}]}, ["text"]),
        ({"kind": "remarks", "remarks": [{**ROW, "kind": "?"}]}, ["remarks.0.kind"]),
        ({"kind": "remarks", "remarks": [{"place": "1", "kind": ""}]},
         ["remarks.0.kind", "remarks.0.text"]),
        ({"kind": "remarks", "remarks": "all"}, ["remarks"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_remarks_is_said_and_nothing_is_kept(as_, now, asked, said, fields):  # noqa: F811
    with pytest.raises(Invalid) as error:
        say(asked, "parliament.am", as_, now, **said)
    assert [fault.field for fault in error.value.refusals] == fields
    assert not rows()
    assert db.session.scalar(select(func.count(Reply.id))) == 0


def test_whoever_replied_sees_what_became_of_it_once_it_is_confirmed(as_, now, asked):  # noqa: F811
    say(asked, "parliament.am", as_, now, kind="remarks", remarks=[ROW, ROW])
    reference = db.session.scalar(select(Act.reference))
    remark = rows()[0]

    def became(login):
        sight = sight_of(as_(login), facts_of(now))
        every = db.session.scalars(select(Addressee.id)).all()
        return list(fates_of_replies(db.session(), sight, every).values())

    by = {"actor": as_("defence.secretary"), "now": now}
    answer_remarks(reference, [Answer(remark.id, "accepted", None)], **by)
    assert [(each.total, each.accepted) for each in became("parliament.am")] == [(2, 0)]
    assert became("parliament.kz") == []
    confirm_answers(reference, [Chosen(remark.id)], **by)
    assert [(each.total, each.accepted) for each in became("parliament.am")] == [(2, 1)]
