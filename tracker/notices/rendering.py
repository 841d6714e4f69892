"""From a queued notice to the mail as it goes out: text and HTML in the recipient's language.

The same notice always gives the same bytes: date, Message-ID and boundary come from the row. What
people wrote is quoted as text, escaped in HTML, and stands in no header but the display names,
which cannot break a line.
"""

from __future__ import annotations

import re
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.errors import MessageError
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr

from flask import current_app

from tracker import i18n
from tracker.config import current_settings
from tracker.notices.words import People, Told, words
from workflows.facts import Person

_POLICY = compat32.clone(linesep="\r\n", max_line_length=76)
_ENCODED_WORD = 39
"""Bytes in one encoded word: with the longest header name the line stays within 76 characters."""
_BASE64, _QUOTED = Charset("utf-8"), Charset("utf-8")
_QUOTED.body_encoding = QP
_BLANK_LINES = re.compile(r"\n\s*\n\s*")


class UnusableAddress(Exception):
    """An address that cannot stand in a header or that no mail server takes."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What of a mail was fixed when its notice was queued."""

    message_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    message: str
    """The whole message, its lines ended by CRLF; ASCII."""


def subject_of(told: Told, people: People) -> str:
    """The subject of a notice in the present language, for a list of them."""
    return _subject(told.name, words(told, people))


def render(told: Told, recipient: Person, language: str, people: People, stamp: Stamp) -> Mail:
    """The mail of a notice. Raises UnusableAddress."""
    with i18n.speaking(language):
        said = words(told, people)
        said["subject"] = _subject(told.name, said)
        text = _template(told.name, "body.txt", said)
        html = _template(told.name, "body.html", said)
    mail = MIMEMultipart("alternative", boundary=f"=_{stamp.message_id.strip('<>').split('@')[0]}")
    mail["From"] = _address(*parseaddr(current_settings().mail_from))
    mail["To"] = _address(recipient.name(language), recipient.email)
    if reply_to := _reply_to(told, people):
        mail["Reply-To"] = ", ".join(reply_to)
    mail["Subject"] = _encoded(said["subject"])
    mail["Date"] = format_datetime(stamp.created_at)
    mail["Message-ID"] = stamp.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = language
    mail.attach(_part(_tidy(text), "plain"))
    mail.attach(_part(html, "html"))
    return Mail(said["subject"], mail.as_bytes(policy=_POLICY).decode("ascii"))


def _part(text: str, subtype: str) -> MIMENonMultipart:
    """A text as a part of a mail, in the shorter of the two encodings."""
    foreign = sum(not character.isascii() for character in text)
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text.replace("\n", "\r\n"), _BASE64 if foreign * 6 > len(text) else _QUOTED)
    return part


def _subject(name: str, said: dict[str, object]) -> str:
    return " ".join(_template(name, "subject.txt", said).split())


def _template(name: str, part: str, said: dict[str, object]) -> str:
    return current_app.jinja_env.get_template(f"notices/{name}/{part}").render(said)


def _reply_to(told: Told, people: People) -> list[str]:
    """Whoever answers for the act; where nobody does, who took the step."""
    given = told.facts.get("reply_to") or []
    actor = people.get(told.facts.get("actor") or 0)
    if not given and actor is not None:
        given = [actor.email]
    found = []
    for email in given:
        with suppress(UnusableAddress):
            found.append(_address("", email))
    return found


def _address(name: str, email: str) -> str:
    """A name and an address as a header has them."""
    try:
        Address(addr_spec=email)
    except (ValueError, IndexError, MessageError):
        raise UnusableAddress from None
    if not (email.isascii() and email.isprintable()):
        raise UnusableAddress
    name = " ".join(name.split())
    if name.isascii():
        return formataddr((name, email))
    return f"{_encoded(name)} <{email}>"


def _encoded(text: str) -> str:
    """Words as a header has them. Written out, because the library loses the space between two
    encoded words, or begins with an empty line, as its version has it.
    """
    if text.isascii():
        return text
    chunks = [""]
    for character in text:
        if len((chunks[-1] + character).encode()) > _ENCODED_WORD:
            chunks.append("")
        chunks[-1] += character
    return "\n ".join(f"=?utf-8?b?{b64encode(chunk.encode()).decode()}?=" for chunk in chunks)


def _tidy(text: str) -> str:
    """One blank line between paragraphs, whatever a template left out."""
    return _BLANK_LINES.sub("\n\n", text.strip()) + "\n"


def quoted(text: str) -> str:
    """Somebody's words as mail quotes them."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
