"""The picture of a procedure, with the path an act has taken and the state it stands in now.

`svg` gives one image for page and print: no scripts, no style sheets or style attributes, colours
from the text around it (`currentColor`), so that it suits light and dark. Classes let a page
colour it further. `mermaid` gives the same table as text for documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from math import hypot

from workflows.layout import (
    FONT,
    LINE,
    SMALL_FONT,
    SMALL_LINE,
    Box,
    Edge,
    Layout,
    Point,
    Way,
    edges,
    lay_out,
)
from workflows.machine import Compiled
from workflows.schema import STAYS

ROUNDING = 7.0
_WORDS = {
    "en": {"days": "{} d", "path": "Path taken", "now": "Now"},
    "ru": {"days": "{} дн.", "path": "Пройденный путь", "now": "Сейчас"},
}
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="procedure" role="img"'
    ' viewBox="0 0 {width:g} {height:g}" fill="none" stroke="none"'
    ' font-family="system-ui, sans-serif" font-size="{font:g}">\n'
)


def svg(
    procedure: Compiled,
    language: str,
    *,
    path: Sequence[Edge] = (),
    now: str | None = None,
    days: Mapping[str, int] | None = None,
) -> str:
    """Draw a procedure in `language`.

    `path` are the moves made, oldest first, as (state before, state after); `now` is the present
    state; `days` are the calendar days spent, by state.
    """
    spent = days or {}
    words = _WORDS.get(language, _WORDS["en"])

    def title(titles: Mapping[str, str]) -> str:
        return titles.get(language) or next(iter(titles.values()))

    states = procedure.definition.states
    layout = lay_out(procedure.definition, title, path, notes=bool(spent))
    names = {key: title(state.titles) for key, state in states.items()}
    visited = {state for edge in path for state in edge} | ({now} if now else set())
    parts = [
        f"<title>{escape(title(procedure.definition.titles))}</title>",
        f"<desc>{escape(_description(layout, names, words, path, now))}</desc>",
        *_stages(layout),
        *_moves(layout, names, _labels(procedure, title), path, begun=bool(visited)),
    ]
    for key, box in layout.boxes.items():
        kinds = ["state"]
        kinds += ["state-final"] if states[key].final else []
        kinds += ["state-now"] if key == now else []
        if visited:
            kinds.append("state-visited" if key in visited else "state-ahead")
        note = words["days"].format(spent[key]) if key in spent else ""
        parts.append(_state(key, box, note, kinds))
    head = _HEAD.format(width=layout.width, height=layout.height, font=FONT)
    return head + "\n".join(parts) + "\n</svg>\n"


def mermaid(procedure: Compiled, language: str) -> str:
    """Write a procedure as a Mermaid state diagram; steps that move nothing are left out."""

    def title(titles: Mapping[str, str]) -> str:
        text = titles.get(language) or next(iter(titles.values()))
        return text.replace('"', "#quot;").replace(":", "#58;").replace(";", "#59;")

    lines = ["stateDiagram-v2", "    direction LR"]
    for key, state in procedure.definition.states.items():
        lines.append(f'    state "{title(state.titles)}" as {key}')
    lines.append(f"    [*] --> {procedure.initial}")
    labels = _labels(procedure, title)
    for source, target in edges(procedure.definition):
        lines.append(f"    {source} --> {target} : {labels[source, target]}")
    finals = (key for key, state in procedure.definition.states.items() if state.final)
    lines += [f"    {key} --> [*]" for key in finals]
    return "\n".join(lines) + "\n"


def _labels(procedure: Compiled, title: Callable[[Mapping[str, str]], str]) -> Mapping[Edge, str]:
    """Name the actions behind each arrow."""
    found: dict[Edge, list[str]] = {}
    for action in procedure.definition.actions.values():
        for move in action.moves:
            for source in move.source:
                if move.to != STAYS:
                    found.setdefault((source, move.to), []).append(title(action.titles))
    return {edge: " / ".join(titles) for edge, titles in found.items()}


def _label(
    edge: Edge, names: Mapping[str, str], labels: Mapping[Edge, str], taken: Mapping[Edge, int]
) -> str:
    source, target = edge
    if source not in names:
        return ""
    action = f"{labels[edge]}: " if edge in labels else ""
    times = f" ×{taken[edge]}" if taken[edge] > 1 else ""
    return f"{action}{names[source]} → {names[target]}{times}"


def _description(
    layout: Layout,
    names: Mapping[str, str],
    words: Mapping[str, str],
    path: Sequence[Edge],
    now: str | None,
) -> str:
    """Tell in words what the picture shows."""
    said = [" → ".join(names[key] for key in layout.main)]
    if path:
        walked = [path[0][0], *(after for _before, after in path)]
        said.append(f"{words['path']}: {' → '.join(names.get(key, key) for key in walked)}")
    if now:
        said.append(f"{words['now']}: {names.get(now, now)}")
    return ". ".join(said) + "."


def _stages(layout: Layout) -> Iterator[str]:
    for box in layout.stages:
        last = box.bottom - 8
        text = _text(box.lines, box.x, last - (len(box.lines) - 1) * SMALL_LINE, SMALL_LINE)
        yield (
            f'<g class="stage" fill="currentColor" font-size="{SMALL_FONT:g}">{text}'
            f'<path d="M{box.x:g} {box.bottom:g}H{box.right:g}" stroke="currentColor"'
            ' stroke-opacity="0.5"/></g>'
        )


def _text(lines: Sequence[str], x: float, y: float, step: float, anchor: str = "start") -> str:
    spans = "".join(
        f'<tspan x="{x:g}" y="{y + number * step:g}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f'<text text-anchor="{anchor}">{spans}</text>'


def _state(key: str, box: Box, note: str, kinds: Sequence[str]) -> str:
    now = "state-now" in kinds
    look = ' stroke-width="2.5" fill="currentColor" fill-opacity="0.1"' if now else ""
    if "state-ahead" in kinds:
        look = ' stroke-dasharray="4 3" stroke-opacity="0.7"'
    weight = ' font-weight="600"' if now else ""
    tall = len(box.lines) * LINE + (SMALL_LINE if note else 0)
    first = box.middle - tall / 2 + LINE - 4
    drawn = (
        f'<g class="{" ".join(kinds)}" data-state="{escape(key)}">'
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
        f' rx="{14 if "state-final" in kinds else 4}" stroke="currentColor"{look}/>'
        f'<g fill="currentColor"{weight}>{_text(box.lines, box.center, first, LINE, "middle")}</g>'
    )
    if note:
        text = _text([note], box.center, first + len(box.lines) * LINE - 2, SMALL_LINE, "middle")
        drawn += f'<g class="state-note" fill="currentColor" font-size="{SMALL_FONT:g}">{text}</g>'
    return f"{drawn}</g>"


def _moves(
    layout: Layout,
    names: Mapping[str, str],
    labels: Mapping[Edge, str],
    path: Sequence[Edge],
    *,
    begun: bool,
) -> Iterator[str]:
    """Draw the arrows, those taken on top of the others."""
    taken = Counter(path)
    if begun:
        taken.update(way.edge for way in layout.ways if not way.edge[0])
    drawn = {
        way.edge: _move(way, _label(way.edge, names, labels, taken), taken=taken[way.edge] > 0)
        for way in layout.ways
    }
    # One opacity for all of them together: the rails they share would darken otherwise.
    yield f'<g class="moves" opacity="{0.45 if begun else 0.8:g}">'
    yield from (text for edge, text in drawn.items() if not taken[edge])
    yield "</g>"
    yield from (text for edge, text in drawn.items() if taken[edge])


def _move(way: Way, label: str, *, taken: bool) -> str:
    kinds = ["move", f"move-{way.kind}", *(["move-taken"] if taken else [])]
    dot = ""
    if not way.edge[0]:
        x, y = way.points[0]
        dot = f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="currentColor"/>'
    return (
        f'<g class="{" ".join(kinds)}">'
        + (f"<title>{escape(label)}</title>" if label else "")
        + f'<path d="{_line(way.points)}" stroke="currentColor"'
        + f' stroke-width="{2.2 if taken else 1.1:g}"/>'
        + f'<path d="{_head(way.points)}" fill="currentColor"/>{dot}</g>'
    )


def _line(points: Sequence[Point]) -> str:
    """Draw a line whose corners are rounded."""
    drawn = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _towards(corner, before), _towards(corner, after)
        drawn.append(f"L{near[0]:g} {near[1]:g}Q{corner[0]:g} {corner[1]:g} {far[0]:g} {far[1]:g}")
    end = _towards(points[-1], points[-2], 4)
    return "".join([*drawn, f"L{end[0]:g} {end[1]:g}"])


def _towards(start: Point, goal: Point, most: float = ROUNDING) -> Point:
    """Go from `start` towards `goal`, at most half of the way."""
    length = hypot(goal[0] - start[0], goal[1] - start[1])
    part = min(most, length / 2) / length if length else 0
    return (
        round(start[0] + (goal[0] - start[0]) * part, 2),
        round(start[1] + (goal[1] - start[1]) * part, 2),
    )


def _head(points: Sequence[Point]) -> str:
    """Draw the arrowhead at the end of a line."""
    (x0, y0), (x, y) = points[-2], points[-1]
    length = hypot(x - x0, y - y0) or 1
    dx, dy = (x - x0) / length, (y - y0) / length
    left = (x - 8 * dx - 4 * dy, y - 8 * dy + 4 * dx)
    right = (x - 8 * dx + 4 * dy, y - 8 * dy - 4 * dx)
    return f"M{x:g} {y:g}L{left[0]:g} {left[1]:g}L{right[0]:g} {right[1]:g}Z"
