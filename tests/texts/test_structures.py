"""From files to provisions: at once or by the worker, and the names that provisions keep."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import select, update

from tests import seen
from tests.road import propose
from tests.structure.test_akn_out import _schema
from tracker.acts.operations import advance
from tracker.acts.summaries import find_inside
from tracker.admission.operations import Proposal, propose_act
from tracker.db import db, unit_of_work
from tracker.structure.model import block_text
from tracker.structure.model import provisions as all_of
from tracker.structure.reading import read
from tracker.texts import importing, readings
from tracker.texts.akn_out import akoma_ntoso
from tracker.texts.files import keep, uploads
from tracker.texts.importing import read_waiting
from tracker.texts.models import EditionText, TextReading
from tracker.texts.operations import add_file
from tracker.texts.structures import document, provisions, text_states

FIRST = """Статья 1. Сфера применения

1. Настоящий Закон регулирует отношения в сфере охраны лесов и заповедников.
2. Закон применяется:
1) к государственным органам;
2) к гражданам.

Статья 2. Понятия

Лес есть совокупность деревьев, произрастающих на одной земле.
"""
SECOND = """Статья 1. Цели

Целью настоящего Закона является сбережение природы для будущих поколений людей.

""" + FIRST.replace("Статья 2", "Статья 3").replace("Статья 1", "Статья 2")


@pytest.fixture
def add(as_, now):
    def take(reference, text, name="draft.txt", language="ru", **given):
        data = text if isinstance(text, bytes) else text.encode()
        upload = keep(uploads(), name, io.BytesIO(data))
        return add_file(
            reference, upload, language=language, actor=as_("drafter"), now=now, **given
        )

    return take


@pytest.fixture
def long(monkeypatch):
    """Every text is too long to be read in a request."""
    monkeypatch.setattr(readings, "SMALL_BYTES", 0)
    monkeypatch.setattr(readings, "SMALL_PART", 0)


def state(reference, n=1, language="ru"):
    act = seen.act_of(reference)
    return next(one for one in text_states(db.session(), act.id, n=n) if one.language == language)


def named(reference, n, language="ru"):
    act = seen.act_of(reference)
    return {one.eid: one.wid for one in provisions(db.session(), act.id, n, language)}


def test_a_short_text_is_read_when_it_comes_in(app, as_, now, add):
    reference = propose(as_, now)
    add(reference, FIRST)
    act = seen.act_of(reference)
    found = provisions(db.session(), act.id, 1, "ru")
    assert [(one.label, one.heading, one.depth) for one in found] == [
        ("Article 1", "Сфера применения", 0),
        ("Article 1, paragraph 1", "", 1),
        ("Article 1, paragraph 2", "", 1),
        ("Article 1, paragraph 2, point 1", "", 2),
        ("Article 1, paragraph 2, point 2", "", 2),
        ("Article 2", "Понятия", 0),
    ]
    assert state(reference).state == "ready"
    assert read_waiting() == 0


def test_a_provision_keeps_its_name_when_it_is_renumbered(app, as_, now, add):
    reference = propose(as_, now)
    add(reference, FIRST)
    add(reference, SECOND)
    names = named(reference, 2)
    assert names["art_2"] == "art_1"
    assert names["art_3"] == "art_2"
    assert names["art_1"] == "art_1+2"
    assert names["art_2__para_2__point_1"] == "art_1__para_2__point_1"
    made = {one.new: one.old for one in text_states(db.session(), 1, n=2, matches=True)[0].matches}
    assert made["art_2"] == "art_1"


def test_a_name_is_not_given_again_after_its_provision_is_gone(app, as_, now, add):
    reference = propose(as_, now)
    add(reference, FIRST)
    add(reference, FIRST.partition("Статья 2")[0])
    add(reference, FIRST.partition("Статья 2")[0] + "Статья 2. Надзор\n\nПрокурор надзирает.\n")
    assert named(reference, 3)["art_2"] == "art_2+2"


def test_a_long_text_waits_for_the_worker(app, as_, now, add, long):
    reference = propose(as_, now)
    woken = []
    app.extensions["wake"] = woken.append
    add(reference, FIRST)
    assert "texts.read" in woken
    assert state(reference).state == "waiting"
    act = seen.act_of(reference)
    assert document(db.session(), act.id, 1, "ru") is None
    add(reference, SECOND)
    assert read_waiting(now=lambda: now) == 2
    assert named(reference, 2)["art_2"] == "art_1"
    assert read_waiting(now=lambda: now) == 0


def test_the_same_bytes_are_read_once(app, as_, now, add, long, monkeypatch):
    reference = propose(as_, now)
    add(reference, FIRST)
    read_waiting(now=lambda: now)
    monkeypatch.setattr(importing, "read_bytes", None)
    add(reference, FIRST)
    read_waiting(now=lambda: now)
    assert state(reference, 2).state == "ready"
    assert len(db.session.scalars(select(TextReading)).all()) == 1


def test_a_replaced_file_is_read_anew_and_later_editions_follow(app, as_, now, add):
    reference = propose(as_, now)
    add(reference, FIRST)
    add(reference, SECOND)
    add(reference, SECOND, edition=1)
    assert read_waiting(now=lambda: now) == 0
    assert set(named(reference, 2).items()) == {(eid, eid) for eid in named(reference, 2)}


def test_an_edition_put_in_later_is_matched_with(app, as_, now, add):
    reference = propose(as_, now)
    add(reference, FIRST)
    add(reference, SECOND)
    add(reference, "Article 1. One\n\nThe first text is here.", edition=2, language="en")
    assert state(reference, 2, "en").previous_n is None
    add(reference, "Article 1. One\n\nThe first text is here.", edition=1, language="en")
    read_waiting(now=lambda: now)
    assert state(reference, 2, "en").previous_n == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("draft.pdf", b"%PDF-1.7", "text_format"), ("draft.txt", b" \n ", "file_empty")],
)
def test_a_file_that_cannot_be_read_is_kept_with_the_reason(
    app, as_, now, add, name, content, code
):
    reference = propose(as_, now)
    add(reference, content, name)
    assert state(reference).state == "unreadable"
    assert state(reference).fault.code == code
    add(reference, FIRST)
    assert state(reference, 2).previous_n is None


def test_a_reader_that_breaks_does_not_keep_the_file_out(app, as_, now, add, monkeypatch):
    def broken(_data, _name):
        raise RecursionError

    monkeypatch.setattr(readings, "read", broken)
    reference = propose(as_, now)
    add(reference, FIRST)
    assert state(reference).fault.code == "text_unreadable"


def test_a_text_that_ends_its_worker_again_and_again_is_given_up(
    app, as_, now, add, long, monkeypatch
):
    def killed(*_):
        raise SystemExit

    reference = propose(as_, now)
    add(reference, FIRST)
    monkeypatch.setattr(importing, "read_bytes", killed)
    hours = [lambda n=n: now + n * timedelta(hours=1) for n in range(4)]
    for hour in hours[:3]:
        with pytest.raises(SystemExit):
            read_waiting(now=hour)
        db.session.remove()
        assert read_waiting(now=hour) == 0
    read_waiting(now=hours[3])
    assert state(reference).fault.code == "text_unreadable"


def test_what_changed_while_it_was_read_is_read_again(app, as_, now, add, long, monkeypatch):
    reference = propose(as_, now)
    add(reference, FIRST)
    read_waiting(now=lambda: now)
    add(reference, SECOND)
    once = []

    def meanwhile(*given):
        if not once:
            once.append(1)
            with unit_of_work() as session:
                session.execute(update(EditionText).where(EditionText.n == 1).values(digest="x"))
        return importing_carry(*given)

    importing_carry = importing.carry
    monkeypatch.setattr(importing, "carry", meanwhile)
    read_waiting(now=lambda: now)
    assert state(reference, 2).state == "ready"
    assert once


def test_an_act_that_continues_another_keeps_the_names(app, as_, now, add):
    reference = propose(as_, now)
    add(reference, FIRST)
    add(reference, SECOND)
    advance(reference, "withdraw", actor=as_("secretariat"), now=now, data={"reason": "Отзыв"})
    proposal = Proposal(
        "model_law", {"ru": "Снова", "en": "Again"}, "parliament_kz", continues=reference
    )
    revived = propose_act(proposal, actor=as_("secretariat"), now=now)
    assert named(revived, 1)["art_2"] == "art_1"


def test_akoma_ntoso_is_valid_with_its_life_and_reads_back(app, as_, now, add):
    reference = propose(as_, now)
    add(reference, FIRST)
    add(reference, SECOND)
    act = find_inside(db.session(), reference, as_("drafter"), now)
    written = akoma_ntoso(db.session(), act, 2, "ru")
    _schema().assertValid(etree.fromstring(written))
    found = document(db.session(), act.id, 2, "ru")
    back = read(written, "x.akn")
    assert [block_text(one.blocks) for one in all_of(back)] == [
        block_text(one.blocks) for one in all_of(found)
    ]
    assert [(one.eid, one.wid) for one in all_of(back)] == [
        (one.eid, one.wid) for one in all_of(found)
    ]
    assert written.count(b"<eventRef") == 2
