"""From a queued notice to what its mail says: text and HTML in the recipient's language.

The same facts always give the same letter. What people wrote is quoted in the text and escaped in
the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from flask import current_app

from tracker import i18n
from tracker.notices.mime import Letter, UnusableAddress, mailbox
from tracker.notices.words import People, Told, words
from tracker.wording.placeholders import known
from tracker.wording.queries import Key, Words
from tracker.wording.source import fill

log = structlog.get_logger(__name__)

QUOTED = frozenset({"reason", "objections"})
"""What people wrote: quoted wherever it stands."""
NOTHING_WRITTEN: Mapping[Key, Words] = {}
_BLANK_LINES = re.compile(r"\n\s*\n\s*")


def write_letter(
    told: Told,
    language: str,
    people: People,
    written: Mapping[Key, Words] = NOTHING_WRITTEN,
    on_behalf: str = "",
) -> Letter:
    """What the mail of a notice says; the same for all who were told the same. `written` are words
    that stand in place of the shipped ones; those that cannot be filled in are not used.
    `on_behalf` is the name of whom an office gets it for.
    """
    with i18n.speaking(language):
        said = words(told, people) | {"on_behalf": on_behalf}
        own = written.get((told.name, language))
        if own is not None:
            with _or_as_shipped(told.name, language):
                return _in_own_words(told, language, people, said, own)
        said["subject"] = _subject(told.name, said)
        text = _template(f"{told.name}/body.txt", said)
        html = _template(f"{told.name}/body.html", said)
    return Letter(language, said["subject"], quiet_lines(text), html, reply_to(told, people))


def _in_own_words(
    told: Told, language: str, people: People, said: dict[str, Any], own: Words
) -> Letter:
    values = _values(told, said)
    said = {**said, "subject": _own_subject(own, said, values)}
    quoting = {**values, **{name: quoted(values[name]) for name in QUOTED if name in values}}
    plain = "\n\n".join("\n".join(lines) for lines in fill(own.body, quoting))
    text = _template("own.txt", {**said, "happened": plain})
    html = _template("own.html", {**said, "paragraphs": fill(own.body, values)})
    return Letter(language, said["subject"], quiet_lines(text), html, reply_to(told, people))


@contextmanager
def _or_as_shipped(name: str, language: str) -> Iterator[None]:
    """Words that cannot be filled in are not used."""
    try:
        yield
    except Exception:
        log.exception("words_not_used", notice_name=name, language=language)


def _values(told: Told, said: Mapping[str, Any]) -> dict[str, str]:
    """What stands for each placeholder of a notice."""
    return {name: _value(said, name) for name in known(told.name)}


def _own_subject(own: Words, said: Mapping[str, Any], values: Mapping[str, str]) -> str:
    (subject,) = fill(own.subject, values) or [[said["reference"]]]
    return " ".join(" ".join(subject).split())


def _value(said: Mapping[str, Any], name: str) -> str:
    """What stands for a placeholder; a list of who said what, one after the other."""
    value = said[name]
    if isinstance(value, list):
        return "\n".join(f"{who}: {text}" for who, text in value)
    return str(value or "")


def subject_of(told: Told, people: People, written: Mapping[Key, Words] = NOTHING_WRITTEN) -> str:
    """The subject of a notice in the present language, for a list of them."""
    said, language = words(told, people), i18n.language()
    own = written.get((told.name, language))
    if own is not None:
        with _or_as_shipped(told.name, language):
            return _own_subject(own, said, _values(told, said))
    return _subject(told.name, said)


def quoted(text: str) -> str:
    """Somebody's words as mail quotes them."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _subject(name: str, said: dict[str, Any]) -> str:
    return " ".join(_template(f"{name}/subject.txt", said).split())


def _template(path: str, said: dict[str, Any]) -> str:
    return current_app.jinja_env.get_template(f"notices/{path}").render(said)


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
