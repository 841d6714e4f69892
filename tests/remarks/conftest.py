"""An act before its commission, with remarks on its first edition."""

import pytest
from sqlalchemy import select

from tests.road import bring_to
from tracker.acts.operations import locked
from tracker.db import db, unit_of_work
from tracker.people.queries import find_person
from tracker.remarks.models import Remark
from tracker.remarks.operations import GivenRemark, NewRemark, enter_remark, record_remarks


@pytest.fixture
def act(app, as_, now, tmp_path):
    return bring_to("commission", as_, now, tmp_path)


@pytest.fixture
def enter(act, as_, now):
    """Enter a remark as the commission's secretary does for a letter."""

    def take(text="Уточнить понятие.", who="defence.secretary", edition=None, **given):
        values = {"author_body": "parliament_kz", "place": "Статья 1", **given}
        return enter_remark(
            act, GivenRemark(text=text, **values), edition=edition, actor=as_(who), now=now
        )

    return take


@pytest.fixture
def expert_remark(act, as_, now):
    """A remark as a review hands it in, by an expert who gave an opinion."""

    def take(text="Термин не определён.", login="eab.expert1", **given):
        person = find_person(db.session, f"{login}@demo.example.org").id
        values = {
            "eid": "art_1", "place": "Статья 1", "kind": "legal", "wording": None,
            "language": "ru", "author_body": None, "author_name": None, "source": "entered",
            **given,
        }  # fmt: skip
        with unit_of_work() as session:
            row = locked(session, act, as_("secretariat"))
            remark = NewRemark(text=text, author_person=person, **values)
            return record_remarks(session, row, 1, [remark], now)[0]

    return take


def row_of(remark_id):
    db.session.remove()
    return db.session.scalars(select(Remark).where(Remark.id == remark_id)).one()
