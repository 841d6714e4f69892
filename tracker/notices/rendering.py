"""From a queued notice to the mail as it goes out: text and HTML in the recipient's language.

The same notice always gives the same bytes: date, Message-ID and boundary come from the row. What
people wrote is quoted as text, escaped in HTML, and stands in no header but the display names,
which cannot break a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from flask import current_app

from tracker import i18n
from tracker.config import current_settings
from tracker.notices.words import People, Told, words
from workflows.facts import Person

_POLICY = SMTP.clone(cte_type="7bit")
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
        name = recipient.name(language)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _address(*parseaddr(current_settings().mail_from))
    mail["To"] = _address(name, recipient.email)
    if reply_to := _reply_to(told, people):
        mail["Reply-To"] = reply_to
    mail["Subject"] = said["subject"]
    mail["Date"] = stamp.created_at
    mail["Message-ID"] = stamp.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_tidy(text))
    mail.add_alternative(html, subtype="html")
    mail["Content-Language"] = language
    mail.set_boundary("=_" + stamp.message_id.strip("<>").partition("@")[0])
    return Mail(said["subject"], mail.as_bytes().decode("ascii"))


def _subject(name: str, said: dict[str, object]) -> str:
    return " ".join(_template(name, "subject.txt", said).split())


def _template(name: str, part: str, said: dict[str, object]) -> str:
    return current_app.jinja_env.get_template(f"notices/{name}/{part}").render(said)


def _reply_to(told: Told, people: People) -> list[Address]:
    """Whoever answers for the act; where nobody does, who took the step."""
    given = told.facts.get("reply_to") or []
    actor = people.get(told.facts.get("actor") or 0)
    if not given and actor is not None:
        given = [actor.email]
    return [_address("", email) for email in given if _usable(email)]


def _address(name: str, email: str) -> Address:
    try:
        address = Address(" ".join(name.split()), addr_spec=email)
    except (ValueError, IndexError, MessageError):
        raise UnusableAddress from None
    if not email.isascii():
        raise UnusableAddress
    return address


def _usable(email: str) -> bool:
    try:
        _address("", email)
    except UnusableAddress:
        return False
    return True


def _tidy(text: str) -> str:
    """One blank line between paragraphs, whatever a template left out."""
    return _BLANK_LINES.sub("\n\n", text.strip()) + "\n"


def quoted(text: str) -> str:
    """Somebody's words as mail quotes them."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
