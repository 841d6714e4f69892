"""XML that strangers wrote: nothing is resolved, fetched or expanded."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from tracker.errors import TrackerError, invalid
from tracker.structure.limits import MAX_TAGS

_HUGE = ("huge text node", "xml_parse_huge", "excessive depth", "buffer size limit")


def refuse_declarations(data: bytes, form: str) -> None:
    """Raise Invalid naming `file` when a document type, and so entities, could be declared, or
    when there are more elements than memory is meant for.
    """
    if data.count(b"<") > MAX_TAGS:
        raise invalid("file", "text_too_large_inside", format=form)
    if b"<!DOCTYPE" in data.replace(b"\0", b"") or b"<!ENTITY" in data.replace(b"\0", b""):
        raise invalid("file", "text_doctype")


def parse(data: bytes, form: str) -> etree._Element:
    """The root of a document; raises Invalid naming `file`."""
    refuse_declarations(data, form)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise broken(error, form) from error


def stream(data: bytes, form: str, *tags: str) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of the elements named, without keeping the rest in memory."""
    refuse_declarations(data, form)
    events = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        yield from events
    except etree.XMLSyntaxError as error:
        raise broken(error, form) from error


def broken(error: etree.XMLSyntaxError, form: str) -> TrackerError:
    message = str(error).lower()
    if any(sign in message for sign in _HUGE):
        return invalid("file", "text_too_large_inside", format=form)
    return invalid("file", "text_broken", format=form)


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: etree._Element, *tags: str) -> str:
    """The text in an element, or in those below it that have one of these tags."""
    return "".join(str(text) for text in element.itertext(*tags))
