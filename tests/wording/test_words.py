"""Words of notices that the secretariat writes: who may, what is refused, what mails then say."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from tests.notices.outgoing import notice, use_sink
from tests.notices.test_folding import wait
from tracker import assembly
from tracker.db import db, unit_of_work
from tracker.errors import Forbidden, Invalid
from tracker.i18n import speaking
from tracker.notices.reading import inbox
from tracker.notices.relay import relay
from tracker.paging import Paging
from tracker.refusals import words as words_of
from tracker.wording.models import Wording
from tracker.wording.operations import check_words, restore_shipped, rewrite
from tracker.wording.placeholders import known, required, shipped
from tracker.wording.queries import Words, history, written

NAME = "draft_referred"
OWN = Words(
    "{reference} <is> with the commission",
    "Dear colleague,\n{who} referred {title}.\n\nIt leads now: {lead}.\nBecause: {reason}",
)


@pytest.fixture
def run(app, sink, now):
    use_sink(sink.url)
    return lambda after=timedelta(0): relay(now=lambda: now + after)


def test_mails_have_the_new_words_within_the_same_frame(run, sink, now, as_):
    rewrite(NAME, "en", OWN, actor=as_("secretariat"), now=now)
    wait(1, now, titles={"en": "On <Law> & {Order}", "ru": "О"})
    assert run().sent == 1
    mail = sink.received[0]
    assert mail.mail["Subject"].endswith("<is> with the commission")
    text, html = mail.body(), mail.body("html")
    assert "Dear colleague,\r\n" in text
    assert "referred On <Law> & {Order}.\r\n\r\nIt leads now: " in text
    assert "Because:" not in text  # no reason was given
    assert "You get this mail because" in text
    assert "/acts/MA-" in text
    assert "referred On &lt;Law&gt; &amp; {Order}.</p>" in html
    assert "&lt;is&gt;" in html


def test_lists_say_it_in_the_new_words_too(run, sink, now, as_):
    rewrite(NAME, "en", OWN, actor=as_("secretariat"), now=now)
    numbers = wait(2, now, cadence="daily")
    assert run(timedelta(days=1)).sent == 1
    assert sink.received[0].body().count("<is> with the commission\r\n") == 2
    items = inbox(db.session(), notice(numbers[0]).person_id, Paging()).items
    assert [item.subject.endswith("<is> with the commission") for item in items] == [True, True]
    with speaking("ru"):
        items = inbox(db.session(), notice(numbers[0]).person_id, Paging()).items
        assert "<is>" not in items[0].subject


def test_what_people_wrote_is_quoted(run, sink, now, as_):
    rewrite(NAME, "en", OWN, actor=as_("secretariat"), now=now)
    wait(1, now, reason="First.\nSecond.")
    run()
    assert "> First.\r\n> Second." in sink.received[0].body()


def test_a_mail_that_was_written_before_stays_as_it_was(run, sink, now, as_):
    (number,) = wait(1, now)
    sink.at_end.append("451 4.3.0 Later")
    run()
    before = notice(number).message
    rewrite(NAME, "en", OWN, actor=as_("secretariat"), now=now)
    assert run(timedelta(hours=1)).sent == 1
    assert sink.received[0].data.decode() == before


def test_the_shipped_words_come_back_and_the_history_says_who(run, sink, now, as_):
    secretariat = as_("secretariat")
    rewrite(NAME, "en", OWN, actor=secretariat, now=now)
    restore_shipped(NAME, "en", actor=secretariat, now=now + timedelta(minutes=1))
    assert written(db.session()) == {}
    last, first = history(db.session(), NAME, "en")
    assert (last.words, first.words) == (None, OWN)
    assert first.person.id == secretariat.person
    wait(1, now)
    run()
    assert "Dear colleague" not in sink.received[0].body()


def test_another_language_keeps_its_own(now, as_):
    rewrite(NAME, "en", OWN, actor=as_("secretariat"), now=now)
    assert set(written(db.session())) == {(NAME, "en")}


def test_words_that_cannot_be_filled_in_give_way_to_the_shipped_ones(run, sink, now, caplog):
    with unit_of_work() as session:  # as an earlier version might have kept them
        row = {"name": NAME, "language": "en", "subject": "{gone}", "body": "{gone}"}
        session.execute(insert(Wording).values(**row, since=now))
    wait(2, now)
    assert run().sent == 2
    assert "words_not_used" in caplog.text
    assert "Approved by the EAB" in sink.received[0].body()


def test_only_the_secretariat_writes(now, as_):
    with pytest.raises(Forbidden):
        rewrite(NAME, "en", OWN, actor=as_("eab.secretary"), now=now)
    with pytest.raises(Forbidden):
        restore_shipped(NAME, "en", actor=as_("eab.secretary"), now=now)


@pytest.mark.parametrize(
    ("subject", "body", "said"),
    [
        ("", "{lead}", ["Fill in"]),
        ("{title}", "{lead}", ["{reference} has to be in it"]),
        ("{reference}", "Nothing", ["{lead} has to be in it"]),
        ("{reference}", "{lead}\n {titel}", ["Line 2, column 2", "Did you mean {title}?"]),
        ("{reference} {{", "{lead}", ["Line 1, column 13: a brace stands alone"]),
        ("{reference}" + "x" * 200, "{lead}", ["at most 200"]),
        ("{reference}\x00", "{lead}", ["cannot be kept"]),
        ("{reference}\nBcc: all", "{lead}", ["cannot be kept"]),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(app, now, as_, subject, body, said):
    with pytest.raises(Invalid) as refused:
        rewrite(NAME, "en", Words(subject, body), actor=as_("secretariat"), now=now)
    text = " ".join(words_of(refusal) for refusal in refused.value.refusals)
    assert all(part in text for part in said)
    assert written(db.session()) == {}


def test_the_shipped_words_of_every_notice_pass_the_lint(writing):
    for name in assembly.notice_names():
        assert required(name) <= set(known(name))
        for language in ("en", "ru"):
            check_words(name, Words(*shipped(name, language)))
