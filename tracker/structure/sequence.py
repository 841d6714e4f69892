"""Where a numbered line belongs: the level whose numbering it continues or begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.structure.markers import Marker
from tracker.structure.model import Block, Provision, Runs
from tracker.structure.numbers import leading, letter_place, order, roman

_FULL_ALPHABET = "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя"
_LETTER_GAP = 4
_ROMAN_GAP = 2
_DOTTED_PAIR = 2


@dataclass(slots=True)
class Node:
    """A provision while it grows. `form` is how its number looks, `text` its last words."""

    kind: str
    label: str = ""
    number: str = ""
    form: str = ""
    element: str = ""
    place: str = ""
    heading: Runs = ()
    blocks: list[Block] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def freeze(self) -> Provision:
        return Provision(
            self.kind,
            self.label,
            self.number,
            self.heading,
            tuple(self.blocks),
            tuple(child.freeze() for child in self.children),
            element=self.element,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """`depth` is how much of the open path stays; `why` is an oddity's code, or empty."""

    depth: int
    form: str
    why: str = ""


def form_of(marker: Marker) -> str:
    """A form that tells "1.1." from "1.1.1."."""
    if marker.form == "1.1.":
        return f"1.1.{len(order(marker.number))}"
    return marker.form


def place_for(
    marker: Marker, path: Sequence[Node], floor: int, running: int | None
) -> Place | None:
    """Where an enumerated line goes in the open path; `floor` is the part of the path that
    enumerators never close (containers, the basic unit), `running` the last number of points
    counted through containers. None when its number belongs nowhere.
    """
    if marker.form == "-":
        return _dash(path, floor)
    for form in _forms(marker):
        for depth in range(len(path) - 1, floor - 1, -1):
            if path[depth].form == form:
                found = _sibling(marker, form, path, depth)
                if found is not None:
                    return found
                break
    return (
        _resumed(marker, path, floor)
        or _dotted(marker, path, floor)
        or _beginning(marker, path, floor, running)
    )


def _resumed(marker: Marker, path: Sequence[Node], floor: int) -> Place | None:
    """A list that goes on after unnumbered text."""
    for form in _forms(marker):
        for depth in range(len(path) - 1, max(floor - 1, 0) - 1, -1):
            last = next((one for one in reversed(path[depth].children) if one.form), None)
            if (
                last is not None
                and last.form == form
                and _step(form, marker.number, last.number) == "next"
            ):
                return Place(depth + 1, form)
    return None


def _forms(marker: Marker) -> tuple[str, ...]:
    """The forms a marker may have: "(i)" is a letter too."""
    form = form_of(marker)
    if form in ("(i)", "i)") and len(marker.number) == 1:
        return (form, form.replace("i", "a"))
    if form in ("(i)", "i)"):
        return (form,)
    return (form,)


def _dash(path: Sequence[Node], floor: int) -> Place:
    for depth in range(len(path) - 1, floor - 1, -1):
        if path[depth].form == "-":
            return Place(depth, "-")
    return Place(len(path), "-")


def _sibling(marker: Marker, form: str, path: Sequence[Node], depth: int) -> Place | None:
    """As the next of an open level, or as the first of a new one below it."""
    last = path[depth].number
    step = _step(form, marker.number, last)
    if step == "next":
        return Place(depth, form)
    if _is_first(form, marker.number):
        if path[-1].text.endswith((":", "—", "–", "-")) and len(path) - 1 > depth:
            return Place(len(path), form)
        if form in ("(i)", "i)") and path[depth].form != form:
            return None
        return Place(depth, form)
    if form in ("(a)", "a)") and marker.form in ("(i)", "i)"):
        return None
    return Place(depth, form, "number_repeated" if step == "same" else "number_out_of_order")


def _step(form: str, number: str, last: str) -> str:
    """How a number stands to the last of its level: "next", "same" or "other"."""
    if number == last:
        return "same"
    if form in ("(a)", "a)", "a.", "(A)"):
        gap = _letters(number) - _letters(last)
        return "next" if 0 < gap <= _LETTER_GAP or _inserted(number, last) else "other"
    if form in ("(i)", "i)"):
        mine, before = roman(number.upper()) or 0, roman(last.upper()) or 0
        return "next" if 0 < mine - before <= _ROMAN_GAP else "other"
    mine_key, last_key = order(number), order(last)
    if mine_key > last_key:
        return "next"
    return "other"


def _inserted(number: str, last: str) -> bool:
    mine, before = order(number), order(last)
    return len(mine) > 1 and mine[:1] == before[:1] and mine > before


def _letters(number: str) -> int:
    """The place of a letter in its alphabet; "aa" comes after "z"."""
    letter = number[:1].casefold()
    place = _FULL_ALPHABET.find(letter) + 1 or letter_place(letter)
    return place + 26 * (len(number) - 1) if number.isascii() and number.isalpha() else place


def _is_first(form: str, number: str) -> bool:
    if form in ("(a)", "a)", "a.", "(A)"):
        return number.casefold() in ("a", "а")
    if form in ("(i)", "i)"):
        return number == "i"
    pieces = order(number)
    return bool(pieces) and pieces[-1][0] == 1 and len(pieces) == 1


def _dotted(marker: Marker, path: Sequence[Node], floor: int) -> Place | None:
    """A number like "3.1": below 3; in an article with "1." perhaps a part put in after it."""
    if marker.form != "1.1.":
        return None
    mine = order(marker.number)
    form = form_of(marker)
    for depth in range(len(path) - 1, -1, -1):
        node = path[depth]
        if not node.number or order(node.number) != mine[:-1]:
            continue
        if node.form == "1." and any(one.kind == "article" for one in path[:depth]):
            return Place(depth, "1.")
        return Place(max(depth + 1, floor), form)
    if mine[-1][0] == 1 or len(mine) == _DOTTED_PAIR:
        return _inserted_after(marker, path, floor)
    return None


def _inserted_after(marker: Marker, path: Sequence[Node], floor: int) -> Place | None:
    for depth in range(len(path) - 1, floor - 1, -1):
        node = path[depth]
        if node.form == "1." and order(marker.number)[:1] == order(node.number)[:1]:
            return Place(depth, "1.")
    return None


def _beginning(
    marker: Marker, path: Sequence[Node], floor: int, running: int | None
) -> Place | None:
    """As the first of a new level."""
    form = form_of(marker)
    if _is_first(form, marker.number):
        return Place(len(path), form)
    top = path[floor - 1] if floor else None
    goes_on = running is not None and leading(marker.number) == running + 1
    if goes_on and form == "1." and len(path) == floor and top and top.kind != "article":
        return Place(len(path), form)
    if form == "1.1.2" and len(path) == floor and not (top and top.children):
        return Place(len(path), form, "number_unexpected")
    return None
