"""Paragraph styles of a DOCX: their names, what they inherit, and the numbering they bring."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from tracker.structure.readers.docx_package import W

_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Style:
    name: str
    based_on: str
    num: str
    level: int | None
    centred: bool | None
    bold: bool


class Styles:
    def __init__(self, root: etree._Element | None) -> None:
        self.styles: dict[str, Style] = {}
        self.default = ""
        for element in root.findall(f"{W}style") if root is not None else ():
            name = element.get(f"{W}styleId", "")
            self.styles[name] = _style(element)
            paragraph = element.get(f"{W}type") == "paragraph"
            if paragraph and element.get(f"{W}default") in ("1", "true"):
                self.default = name

    def chain(self, name: str) -> list[Style]:
        """A style and those it is based on, the nearest first."""
        found: list[Style] = []
        while name in self.styles and len(found) < _DEEPEST:
            found.append(self.styles[name])
            name = self.styles[name].based_on
        return found

    def name(self, style: str) -> str:
        return self.styles[style].name.casefold() if style in self.styles else style.casefold()

    def numbering(self, style: str) -> tuple[str, int | None]:
        """The list a style numbers its paragraphs in, and the level if it says one."""
        level: int | None = None
        for each in self.chain(style):
            level = each.level if level is None else level
            if each.num:
                return each.num, level
        return "", level

    def centred(self, style: str) -> bool:
        return next((each.centred for each in self.chain(style) if each.centred is not None), False)

    def bold(self, style: str) -> bool:
        return any(each.bold for each in self.chain(style))


def _style(element: etree._Element) -> Style:
    name = _value(element, "name")
    properties = element.find(f"{W}pPr")
    num, level, centred = "", None, None
    if properties is not None:
        numbering = properties.find(f"{W}numPr")
        if numbering is not None:
            num = _value(numbering, "numId")
            own = _value(numbering, "ilvl")
            level = int(own) if own.isdecimal() else None
        aligned = _value(properties, "jc")
        centred = aligned == "center" if aligned else None
    look = element.find(f"{W}rPr")
    bold = look is not None and look.find(f"{W}b") is not None
    return Style(name, _value(element, "basedOn"), num, level, centred, bold)


def _value(element: etree._Element, name: str) -> str:
    found = element.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""
