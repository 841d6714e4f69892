"""The text of an edition as Akoma Ntoso, with what identifies it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker import assembly, i18n
from tracker.acts.models import Act
from tracker.acts.summaries import Summary
from tracker.db import AnyRow
from tracker.errors import NotFound
from tracker.structure.akn_meta import Event, Identity, Reference, language_code, work_uri
from tracker.structure.akn_writer import write_akn
from tracker.texts.models import Edition, EditionFile
from tracker.texts.structures import document
from workflows.calendars import local_date
from workflows.facts import Refusal

MEDIA_TYPE = "application/akn+xml"


def akoma_ntoso(session: Session, act: Summary, n: int, language: str) -> bytes:
    """An edition's text in Akoma Ntoso 3.0; raises NotFound where no text was read. Three
    statements.
    """
    found = document(session, act.id, n, language)
    if found is None:
        raise NotFound(Refusal("no_text_read"))
    if not found.title:
        found = replace(found, title=act.titles.get(language, i18n.title(act.titles)))
    return write_akn(found, _identity(session, act, n, language))


def _identity(session: Session, act: Summary, n: int, language: str) -> Identity:
    rules = assembly.assembly()
    before = aliased(Act)
    begun, continues = session.execute(
        select(Act.created_at, before.reference)
        .outerjoin(before, before.id == Act.continues_id)
        .where(Act.id == act.id)
    ).one()
    known = _editions(session, act.id, n, language)
    author = rules.drafting_body
    identity = Identity(
        country=rules.assembly.replace("_", "-"),
        kind="bill" if act.number is None else "act",
        subtype=act.kind.replace("_", "-"),
        number=act.number or act.reference,
        work_on=_day(begun),
        edition=n,
        edition_on=_day(known[-1].created_at),
        made_on=_day(known[-1].uploaded_at or known[-1].created_at),
        author=author,
        author_title=i18n.body_title(author),
        publisher=rules.assembly,
        publisher_title=i18n.title(rules.titles),
    )
    uri = work_uri(identity)
    events = tuple(
        Event(
            _day(row.created_at),
            "amendment" if place else "generation",
            i18n.gettext("Edition %(number)s", number=row.n),
            f"{uri}/{language_code(language)}@{_day(row.created_at).isoformat()}",
        )
        for place, row in enumerate(known)
    )
    references = (
        (Reference("original", f"{uri.rpartition('/')[0]}/{continues}", continues),)
        if continues
        else ()
    )
    return replace(identity, events=events, references=references)


def _editions(session: Session, act_id: int, n: int, language: str) -> Sequence[AnyRow]:
    """The editions up to this one, with when each got its text in the language."""
    return session.execute(
        select(Edition.n, Edition.created_at, EditionFile.uploaded_at)
        .outerjoin(
            EditionFile,
            (EditionFile.act_id == Edition.act_id)
            & (EditionFile.n == Edition.n)
            & (EditionFile.language == language)
            & (EditionFile.part == "text"),
        )
        .where(Edition.act_id == act_id, Edition.n <= n)
        .order_by(Edition.n)
    ).all()


def _day(moment: datetime) -> date:
    return local_date(moment, assembly.zone())
