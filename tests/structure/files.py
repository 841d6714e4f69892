"""Small files of our own making for the readers."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from tracker.structure.model import Block, Document, Provision, block_text, provisions

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def part(root: str, inner: str) -> str:
    """A part of a DOCX with its namespaces."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{W}" xmlns:r="{_R}" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        f'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">{inner}</w:{root}>'
    )


def docx(body: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A DOCX with this body."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        document = part("document", f"<w:body>{body}</w:body>")
        usual = {"[Content_Types].xml": _TYPES, "word/document.xml": document}
        for name, content in {**usual, **(parts or {})}.items():
            archive.writestr(name, content)
    return made.getvalue()


def p(text: str = "", *, style: str = "", properties: str = "", look: str = "") -> str:
    """A paragraph of a DOCX."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    run = f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{run}</w:p>"


def numbered(level: int, num: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'


def outline(document: Document) -> list[tuple[str, str, str]]:
    """Every provision as kind, number and heading."""
    return [(one.kind, one.number, one.title) for one in provisions(document)]


def texts(provision: Provision) -> list[str]:
    """The paragraphs of a provision itself."""
    return [block_text((block,)) for block in provision.blocks]


def by_id(document: Document, eid: str) -> Provision:
    return next(one for one in provisions(document) if one.eid == eid)


def words(blocks: tuple[Block, ...]) -> str:
    return block_text(blocks)
