"""Who, what, when of a text in Akoma Ntoso: identification by FRBR, lifecycle, references."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from lxml import etree

from tracker.structure.readers.akn import CODES

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
NS = f"{{{AKN}}}"
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Event:
    """A date in the life of the work. `source` is the IRI of what brought it about."""

    on: date
    kind: Literal["generation", "amendment", "repeal"]
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document: the one this continues, or that it refers to."""

    kind: Literal["original", "activeRef", "passiveRef", "hasAttachment", "attachmentOf"]
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a text. `country` is the jurisdiction's code in lower case (an assembly's
    own where it is no country); `kind` is "bill" while it is a draft and "act" when adopted;
    `subtype` says which (model-law); `work_on` is the date the work began, `edition_on` the date
    of this edition; `author` is the body's key, `author_title` its name.
    """

    country: str
    kind: Literal["bill", "act", "statement"]
    subtype: str
    number: str
    work_on: date
    edition: int
    edition_on: date
    made_on: date
    author: str
    author_title: str
    publisher: str = "secretariat"
    publisher_title: str = ""
    events: tuple[Event, ...] = ()
    references: tuple[Reference, ...] = field(default=())


def work_uri(identity: Identity) -> str:
    """The name of the work: /akn/csto/bill/model-law/2026-11-24/ML-2026-7."""
    parts = (
        identity.country, identity.kind, identity.subtype,
        identity.work_on.isoformat(), identity.number,
    )  # fmt: skip
    return "/akn/" + "/".join(_safe(part) for part in parts if part)


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", text.strip()).strip("-")


def language_code(language: str) -> str:
    """Three letters; a code that is not known is given as it is."""
    return CODES.get(language, language or "und")


def meta(
    identity: Identity, title: str, languages: tuple[str, ...], component: str
) -> etree._Element:
    """The meta element of the main document ("main") or of one of its annexes."""
    root = etree.Element(f"{NS}meta")
    _identification(root, identity, title, languages, component)
    if component == "main":
        _lifecycle(root, identity)
    _references(root, identity, full=component == "main")
    return root


def _add(parent: etree._Element, element: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{NS}{element}", attributes)


def _identification(
    root: etree._Element,
    identity: Identity,
    title: str,
    languages: tuple[str, ...],
    component: str,
) -> None:
    holder = _add(root, "identification", source=f"#{_safe(identity.publisher)}")
    main = languages[0] if languages else "und"
    uri = work_uri(identity)
    version = f"{identity.edition_on.isoformat()}"
    expression = f"{uri}/{language_code(main)}@{version}"
    author = f"#{_safe(identity.author)}"
    work = _add(holder, "FRBRWork")
    _add(work, "FRBRthis", value=f"{uri}/!{component}")
    _add(work, "FRBRuri", value=uri)
    _add(work, "FRBRalias", value=title, name="title")
    _add(work, "FRBRdate", date=identity.work_on.isoformat(), name="Generation")
    _add(work, "FRBRauthor", href=author)
    _add(work, "FRBRcountry", value=identity.country)
    if identity.subtype:
        _add(work, "FRBRsubtype", value=_safe(identity.subtype))
    _add(work, "FRBRnumber", value=identity.number)
    _expression(holder, identity, languages or ("und",), expression, component)
    made = _add(holder, "FRBRManifestation")
    _add(made, "FRBRthis", value=f"{expression}/!{component}.xml")
    _add(made, "FRBRuri", value=f"{expression}.xml")
    _add(made, "FRBRdate", date=identity.made_on.isoformat(), name="Generation")
    _add(made, "FRBRauthor", href=f"#{_safe(identity.publisher)}")
    _add(made, "FRBRformat", value="application/akn+xml")


def _expression(
    holder: etree._Element,
    identity: Identity,
    languages: tuple[str, ...],
    uri: str,
    component: str,
) -> None:
    made = _add(holder, "FRBRExpression")
    _add(made, "FRBRthis", value=f"{uri}/!{component}")
    _add(made, "FRBRuri", value=uri)
    _add(made, "FRBRdate", date=identity.edition_on.isoformat(), name="Edition")
    _add(made, "FRBRauthor", href=f"#{_safe(identity.author)}")
    _add(made, "FRBRversionNumber", value=str(identity.edition))
    for language in languages:
        _add(made, "FRBRlanguage", language=language_code(language))


def _lifecycle(root: etree._Element, identity: Identity) -> None:
    if not identity.events:
        return
    holder = _add(root, "lifecycle", source=f"#{_safe(identity.publisher)}")
    for place, event in enumerate(identity.events, start=1):
        _add(
            holder, "eventRef", date=event.on.isoformat(), type=event.kind,
            source=f"#event-source-{place}", eId=f"event_{place}",
        )  # fmt: skip


def _references(root: etree._Element, identity: Identity, *, full: bool) -> None:
    holder = _add(root, "references", source=f"#{_safe(identity.publisher)}")
    if full:
        for place, event in enumerate(identity.events, start=1):
            _add(
                holder, "passiveRef", href=event.source, showAs=event.title,
                eId=f"event-source-{place}",
            )  # fmt: skip
        for place, one in enumerate(identity.references, start=1):
            _add(holder, one.kind, href=one.href, showAs=one.title, eId=f"reference-{place}")
    bodies = {
        identity.author: identity.author_title or identity.author,
        identity.publisher: identity.publisher_title or identity.publisher,
    }
    for body, title in bodies.items():
        made = _add(
            holder, "TLCOrganization", href=f"/akn/ontology/organization/{_safe(body)}",
            showAs=title,
        )  # fmt: skip
        if full:
            made.set("eId", _safe(body))
