"""Writing other words for a notice, and going back to those that are shipped."""

from __future__ import annotations

from datetime import datetime

import structlog

from tracker import assembly
from tracker.db import unit_of_work
from tracker.errors import Forbidden, Invalid
from tracker.permissions import may
from tracker.wording.models import Wording
from tracker.wording.placeholders import IN_SUBJECT, known, required
from tracker.wording.queries import Words
from tracker.wording.source import Flaw, flaws
from workflows.facts import Actor, Refusal

log = structlog.get_logger(__name__)

LONGEST_SUBJECT, LONGEST_BODY = 200, 5000


def rewrite(name: str, language: str, words: Words, *, actor: Actor, now: datetime) -> None:
    """Let a notice say this in one language from now on; raises Forbidden or Invalid."""
    _require(actor)
    check_words(name, words)
    _store(name, language, words, actor, now)


def restore_shipped(name: str, language: str, *, actor: Actor, now: datetime) -> None:
    """Let a notice say again what it is shipped with; raises Forbidden."""
    _require(actor)
    _store(name, language, None, actor, now)


def check_words(name: str, words: Words) -> None:
    """Raise Invalid with everything that is wrong with words for a notice."""
    found = [
        *_shape("subject", words.subject, LONGEST_SUBJECT),
        *_shape("body", words.body, LONGEST_BODY),
    ]
    places = known(name)
    found += [_refusal("subject", flaw) for flaw in flaws(words.subject, places, IN_SUBJECT)]
    found += [_refusal("body", flaw) for flaw in flaws(words.body, places, required(name))]
    if found:
        raise Invalid(*found)


def _shape(field: str, text: str, most: int) -> list[Refusal]:
    if not text.strip():
        return [Refusal("required", {"name": field}, field)]
    if len(text) > most:
        return [Refusal("too_long", {"limit": most}, field)]
    allowed = "" if field == "subject" else "\r\n\t"
    if any(not (each.isprintable() or each in allowed) for each in text):
        return [Refusal("control_characters", {}, field)]
    return []


def _refusal(field: str, flaw: Flaw) -> Refusal:
    params = {"line": flaw.line, "column": flaw.column, "name": flaw.name, "like": flaw.like}
    code = "misspelt_placeholder" if flaw.like else flaw.code
    return Refusal(code, {**params, "placeholder": f"{{{flaw.name}}}"}, field)


def _require(actor: Actor) -> None:
    if not may(assembly.assembly(), actor, "edit_words"):
        raise Forbidden(Refusal("not_permitted"))


def _store(name: str, language: str, words: Words | None, actor: Actor, now: datetime) -> None:
    row = Wording(
        name=name,
        language=language,
        since=now,
        person_id=actor.person,
        subject=" ".join(words.subject.split()) if words else None,
        body=words.body.replace("\r\n", "\n").strip() if words else None,
    )
    with unit_of_work() as session:
        session.add(row)
    log.info("words_changed", notice_name=name, language=language, by=actor.person)
