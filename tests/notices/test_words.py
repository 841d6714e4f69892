"""What mails say, to whom it is addressed, and that nothing somebody wrote can do harm in them."""

import email
import email.policy
import os
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from tests.notices.samples import CREATED, DUE, GIVEN, PEOPLE, RECIPIENT, sample
from tracker import assembly, i18n
from tracker.notices.mime import Stamp, UnusableAddress, compose, mailbox
from tracker.notices.rendering import subject_of, write_letter
from tracker.notices.words import why
from workflows.facts import Person

STAMP = Stamp("<n-1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed@assembly.example>", CREATED)
SENDER = mailbox("Tracker", "tracker@assembly.example")
SNAPSHOTS = Path(__file__).with_name("snapshots")
SHOWN = (
    "draft_referred",
    "review_assigned",
    "opinion_filed",
    "opinion_issued",
    "remarks_assigned",
    "draft_returned",
    "draft_approved",
    "position_asked",
    "objection_recorded",
    "circulation_opened",
    "circulation_extended",
    "circulation_closed",
    "reply_received",
    "draft_on_agenda",
    "act_adopted",
    "act_dispatched",
    "act_retitled",
    "step_corrected",
    "step_requested",
    "duty_reminder",
    "duty_overdue",
    "duty_escalated",
    "act_moved",
    "duty_extended",
    "duty_suspended",
)
# UPDATE_SNAPSHOTS=en,ru pytest tests/notices/test_words.py -k snapshot
UNKNOWN = {
    **DUE,
    "on": None,
    "state": "cannot_compute",
    "detail": {"calendar": "assembly", "year": 2150},
}
REWRITTEN = [tongue for tongue in os.environ.get("UPDATE_SNAPSHOTS", "").split(",") if tongue]
KEPT = REWRITTEN or sorted(path.name for path in SNAPSHOTS.iterdir())


def mail_of(told, language="en", recipient=RECIPIENT):
    letter = write_letter(told, language, PEOPLE)
    to = mailbox(recipient.name(language), recipient.email)
    raw = compose(letter, SENDER, to, STAMP)
    return letter, email.message_from_bytes(raw.encode("ascii"), policy=email.policy.default)


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_every_notice_of_every_procedure_has_its_three_texts_and_a_sample(writing):
    folder = Path(writing.template_folder) / "notices"
    named = {name for file in assembly.files().procedures for name in file.procedure.notices}
    written = {path.name for path in folder.iterdir() if path.is_dir()}
    of_duties = {"duty_reminder", "duty_overdue", "duty_escalated", "duty_extended"}
    without_audience = of_duties | {"duty_suspended", "act_moved"}
    assert named | without_audience <= written == GIVEN.keys()
    for name in written:
        parts = {path.name for path in (folder / name).iterdir()}
        assert parts == {"subject.txt", "body.txt", "body.html"}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", GIVEN)
def test_every_notice_can_be_said(writing, name, language):
    letter, message = mail_of(sample(name), language)
    title = sample(name).facts["titles"][language]
    page = "/reviews/5" if name == "review_assigned" else "/acts/MA-2026-014"
    link = f"http://127.0.0.1:8000{page}"
    assert letter.subject.startswith("MA-2026-014: ")
    assert message["Subject"] == letter.subject
    for kind in ("plain", "html"):
        assert title in text_of(message, kind)
        assert link in text_of(message, kind)
        assert "%(" not in text_of(message, kind)
    assert message.as_bytes() == mail_of(sample(name), language)[1].as_bytes()


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("language", KEPT)
def test_snapshot(writing, name, language):
    _letter, message = mail_of(sample(name), language)
    headers = "".join(
        f"{key}: {value}\n" for key, value in message.items() if "Content-Type" not in key
    )
    seen = "\n".join([headers, text_of(message), "=" * 60, text_of(message, "html")])
    path = SNAPSHOTS / language / f"{name}.txt"
    if REWRITTEN:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(seen, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == seen


def test_the_head_says_who_answers_and_that_a_machine_wrote(writing):
    _letter, message = mail_of(sample("draft_referred"))
    assert message["From"] == "Tracker <tracker@assembly.example>"
    assert message["To"] == "Zhanna Komissarova <z@a.example>"
    assert message["Reply-To"] == "secretary@a.example"
    assert message["Message-ID"] == STAMP.message_id
    assert message["Date"].datetime == CREATED
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"


def test_without_a_secretary_the_answer_goes_to_whoever_took_the_step(writing):
    _letter, message = mail_of(sample("act_dispatched"))
    assert message["Reply-To"] == "anna@a.example"
    _letter, message = mail_of(sample("act_dispatched", actor=None))
    assert message["Reply-To"] is None


def test_the_day_is_the_assemblys_unless_the_decision_has_its_own(writing):
    assert "24 November 2026" in subject_of(sample("opinion_filed", recorded=_at(20)), PEOPLE)
    assert "25 November 2026" in subject_of(sample("opinion_filed", recorded=_at(21)), PEOPLE)
    assert "20 November 2026" in subject_of(sample("draft_referred"), PEOPLE)
    assert "October 2026" in subject_of(sample("draft_referred", decided="2026-10"), PEOPLE)
    unknown = sample("draft_referred", decided="unknown", recorded=_at(9))
    assert "24 November 2026" in subject_of(unknown, PEOPLE)


def _at(hour):
    return datetime(2026, 11, 24, hour, tzinfo=UTC).isoformat()


def test_markup_in_what_people_write_is_inert(writing):
    harm = "<script>alert(1)</script> & <b>x</b>"
    told = sample("draft_returned", titles={"ru": harm, "en": harm}, reason=harm)
    _letter, message = mail_of(told)
    html = text_of(message, "html")
    assert "<script>" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;x&lt;/b&gt;") == 2
    assert harm in text_of(message)


def test_what_people_write_cannot_look_like_the_rest_of_the_mail(writing):
    told = sample("draft_returned", reason="Причина.\n\n--\nYou get this mail because of me.")
    text = text_of(mail_of(told)[1])
    assert "> Причина.\n>\n> --\n> You get this mail because of me." in text


@pytest.mark.parametrize("name", ["x\r\nBcc: evil@a.example", 'a" <evil@a.example>, "b'])
def test_a_name_cannot_add_a_header_or_a_recipient(writing, name):
    recipient = Person(7, {"en": name}, "en", "z@a.example")
    _letter, message = mail_of(sample("draft_referred"), recipient=recipient)
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["z@a.example"]


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@c.example", "a@b@c", "é@c.example", "a@b\n"]
)
def test_an_address_that_cannot_be_written_to_is_named_as_such(writing, address):
    recipient = Person(7, {"en": "Z"}, "en", address)
    with pytest.raises(UnusableAddress):
        mail_of(sample("draft_referred"), recipient=recipient)
    told = sample("draft_referred", reply_to=[address, "ok@a.example"])
    assert mail_of(told)[1]["Reply-To"] == "ok@a.example"


LONG = "Слово " * 60


def test_every_line_of_a_mail_is_short_and_ascii(writing):
    told = sample("draft_returned", titles={"ru": LONG, "en": "word " * 100})
    recipient = Person(7, {"ru": LONG.strip()}, "ru", "z@a.example")
    for language in ("en", "ru"):
        letter = write_letter(told, language, PEOPLE)
        more = LONG if language == "ru" else "x " * 90
        letter = replace(letter, subject=f"{letter.subject} {more}")
        raw = compose(letter, SENDER, mailbox(recipient.name("ru"), "z@a.example"), STAMP)
        lines = raw.split("\r\n")
        assert max(len(line) for line in lines) <= 78
        assert not any("\n" in line or "\r" in line for line in lines)
        message = email.message_from_bytes(raw.encode("ascii"), policy=email.policy.default)
        words = decode_header(email.message_from_string(raw)["To"])
        assert str(make_header(words)).startswith(LONG.strip() + " <z@a.example>")
        assert " ".join(message["Subject"].split()) == " ".join(letter.subject.split())
        assert text_of(message) == letter.text
        assert text_of(message, "html").strip() == letter.html.strip()


def test_reasons_say_the_role_the_body_and_its_part(writing):
    with i18n.speaking("en"):
        assert why("eab.secretary") == "you are secretary of the Expert Advisory Board (EAB)"
        assert why("act:lead.chair", "defence") == (
            "you are chair of the Commission on Defence and Security (the lead commission)"
        )
        assert why("kind:parliament.liaison", "parliament_kz") == (
            "you are plenipotentiary representative of the Parliament of Kazakhstan"
        )
        assert why("told") == "you were told of this act before"


def test_every_audience_of_every_procedure_can_be_explained(writing):
    with i18n.speaking("en"):
        for file in assembly.files().procedures:
            for audiences in file.procedure.notices.values():
                assert all(why(str(audience)) for audience in audiences)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("facts", [
    {"name": "duty_extended", "ran": True, "was": None},
    {"name": "duty_extended", "ran": False, "was": None},
    {"name": "duty_extended", "ran": True, "was": None, "due": UNKNOWN},
    {"name": "duty_extended", "owed_by": {"person": 2, "body": None, "role": None}},
    {"name": "duty_suspended", "owed_by": {"person": None, "body": "eab", "role": "secretary"}},
    {"name": "duty_suspended", "due": {**UNKNOWN, "state": "stopped",
                                       "detail": {"left": 1, "unit": "calendar"}}},
    {"name": "duty_reminder", "due": {**UNKNOWN, "state": "not_set", "detail": None}},
    {"name": "duty_reminder", "due": UNKNOWN},
])  # fmt: skip
def test_whatever_became_of_a_date_can_be_said(writing, facts, language):
    told = sample(**facts)
    letter, message = mail_of(told, language)
    for kind in ("plain", "html"):
        assert "%(" not in text_of(message, kind)
        assert "None" not in text_of(message, kind)
    assert letter.subject.startswith("MA-2026-014: ")
