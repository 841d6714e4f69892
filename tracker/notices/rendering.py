"""From a queued notice to what its mail says: text and HTML in the recipient's language.

The same facts always give the same letter. What people wrote is quoted in the text and escaped in
the HTML.
"""

from __future__ import annotations

import re
from contextlib import suppress

from flask import current_app

from tracker import i18n
from tracker.notices.mime import Letter, UnusableAddress, mailbox
from tracker.notices.words import People, Told, words

_BLANK_LINES = re.compile(r"\n\s*\n\s*")


def write_letter(told: Told, language: str, people: People) -> Letter:
    """What the mail of a notice says; the same for all who were told the same."""
    with i18n.speaking(language):
        said = words(told, people)
        said["subject"] = _subject(told.name, said)
        text = _template(told.name, "body.txt", said)
        html = _template(told.name, "body.html", said)
    return Letter(language, said["subject"], quiet_lines(text), html, reply_to(told, people))


def subject_of(told: Told, people: People) -> str:
    """The subject of a notice in the present language, for a list of them."""
    return _subject(told.name, words(told, people))


def quoted(text: str) -> str:
    """Somebody's words as mail quotes them."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _subject(name: str, said: dict[str, object]) -> str:
    return " ".join(_template(name, "subject.txt", said).split())


def _template(name: str, part: str, said: dict[str, object]) -> str:
    return current_app.jinja_env.get_template(f"notices/{name}/{part}").render(said)


def reply_to(told: Told, people: People) -> tuple[str, ...]:
    """Whoever answers for the act; where nobody does, who took the step."""
    given = told.facts.get("reply_to") or []
    actor = people.get(told.facts.get("actor") or 0)
    if not given and actor is not None:
        given = [actor.email]
    found = []
    for email in given:
        with suppress(UnusableAddress):
            found.append(mailbox("", email))
    return tuple(found)


def quiet_lines(text: str) -> str:
    """One blank line between paragraphs, whatever a template left out."""
    return _BLANK_LINES.sub("\n\n", text.strip()) + "\n"
