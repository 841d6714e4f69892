"""Where the picture of a procedure puts its states and arrows. Lengths are in pixels at scale 1.

The main line runs from left to right by stage, along the shortest way to the first final state of
the file. Other states of a stage stand above it, other final states below. Arrows forward are
straight or pass above; returns to one state share a rail beneath the line, and so do the ways to
a dead end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workflows.schema import STAYS, Procedure

Edge = tuple[str, str]
Point = tuple[float, float]
Kind = Literal["step", "skip", "return", "end", "aside", "again"]

MARGIN = 16.0
START = 26.0  # room for the dot before the first state
WIDTH, GAP = 132.0, 24.0
LINE, SMALL_LINE, PADDING = 16.0, 14.0, 9.0
RAIL = 15.0  # between two rails
FONT, SMALL_FONT = 13.0, 11.0


@dataclass(frozen=True, slots=True)
class Box:
    lines: tuple[str, ...]
    x: float
    y: float
    height: float
    width: float = WIDTH

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def center(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Way:
    """One arrow, as the points where it starts, turns and ends."""

    edge: Edge
    kind: Kind
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Layout:
    width: float
    height: float
    main: tuple[str, ...]
    boxes: Mapping[str, Box]
    stages: tuple[Box, ...]
    ways: tuple[Way, ...]


def measure(text: str) -> float:
    """Estimate the width of a text in ems, as wide as the bold of a wide font."""
    return sum(
        0.4 if char in " .,;:!|'’iljtfrI-()" else
        1.05 if char in "mwMWжмшщыюфЖМШЩЫЮФДQ@%№" else
        0.8 if char.isupper() else 0.69
        for char in text
    )  # fmt: skip


def wrap(text: str, most: float) -> tuple[str, ...]:
    """Break a text into lines of at most `most` ems; a word that is longer is broken too."""
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}") <= most:
            lines[-1] += f" {word}"
            continue
        rest = word
        while measure(rest) > most:
            cut = next(n for n in range(len(rest) - 1, 0, -1) if measure(rest[:n] + "-") <= most)
            lines.append(rest[:cut] + "-")
            rest = rest[cut:]
        lines.append(rest)
    return tuple(lines)


@dataclass(frozen=True)
class Rows:
    """The states by where they stand: on the main line, above it, below it."""

    main: tuple[str, ...]
    aside: Mapping[str, int]
    """State → the column it stands above."""
    dead: tuple[str, ...]


def edges(procedure: Procedure) -> list[Edge]:
    """List the arrows that move an act, each pair of states once."""
    found = (
        (source, move.to)
        for action in procedure.actions.values()
        for move in action.moves
        for source in move.source
        if move.to != STAYS
    )
    return list(dict.fromkeys(found))


def rows(procedure: Procedure) -> Rows:
    states = procedure.states
    initial = next(key for key, state in states.items() if state.initial)
    end = next(key for key, state in states.items() if state.final)
    line = _shortest(edges(procedure), initial, end)
    main: list[str] = []
    aside: dict[str, int] = {}
    for stage in procedure.stages:
        here = [key for key, state in states.items() if state.stage == stage]
        open_ = [key for key in here if not states[key].final]
        chosen = [key for key in line if key in here] or open_[:1]
        column = max(len(main) + min(len(chosen), 1) - 1, 0)
        aside.update((key, column) for key in open_ if key not in chosen)
        main += chosen
    dead = tuple(key for key, state in states.items() if state.final and key not in main)
    return Rows(tuple(main), aside, dead)


def _shortest(ways: Sequence[Edge], start: str, end: str) -> list[str]:
    roads = {start: [start]}
    queue = [start]
    while queue:
        here = queue.pop(0)
        for source, target in ways:
            if source == here and target not in roads:
                roads[target] = [*roads[here], target]
                queue.append(target)
    return roads.get(end, [start])


def _levels(rails: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Give each rail (its first and last column) a level, so that no two overlap; short first."""
    levels: dict[str, int] = {}
    for key, (low, high) in sorted(rails.items(), key=lambda item: item[1][1] - item[1][0]):
        taken = {levels[k] for k in levels if low < rails[k][1] and rails[k][0] < high}
        levels[key] = next(level for level in range(len(rails)) if level not in taken)
    return levels


@dataclass
class _Plan:
    """The picture while it is made. A port is where an arrow leaves or enters a box."""

    rows: Rows
    ways: Sequence[Edge]
    column: Mapping[str, int]
    boxes: dict[str, Box] = field(default_factory=dict)
    rails: dict[tuple[Kind, str], float] = field(default_factory=dict)
    ports: dict[tuple[str, Kind, str], float] = field(default_factory=dict)

    def kind(self, edge: Edge) -> Kind | None:
        """Say how an arrow runs; None for what leaves a dead end, as only a correction does."""
        source, target = edge
        if source in self.rows.dead:
            return None
        if source == target:
            return "again"
        if target in self.rows.dead:
            return "end"
        if source in self.rows.aside or target in self.rows.aside:
            return "aside"
        ahead = self.column[target] - self.column[source]
        return "return" if ahead < 0 else "step" if ahead == 1 else "skip"

    def of(self, *kinds: Kind) -> list[Edge]:
        return [edge for edge in self.ways if self.kind(edge) in kinds]

    def levels(self, kind: Kind) -> dict[str, int]:
        spans: dict[str, tuple[int, int]] = {}
        for source, target in self.of(kind):
            both = (self.column[source], self.column[target], *spans.get(target, ()))
            spans[target] = (min(both), max(both))
        return _levels(spans)


def lay_out(
    procedure: Procedure,
    title: Callable[[Mapping[str, str]], str],
    more: Iterable[Edge] = (),
    *,
    notes: bool = False,
) -> Layout:
    """Place everything; `more` are arrows taken that the table lacks, `notes` a line per box."""
    places = rows(procedure)
    column = {key: number for number, key in enumerate(places.main)} | dict(places.aside)
    column |= dict.fromkeys(places.dead, len(places.main) - 1)
    known = [edge for edge in more if set(edge) <= column.keys()]
    plan = _Plan(places, list(dict.fromkeys([*edges(procedure), *known])), column)
    room = (WIDTH - 10) / FONT
    texts = {key: wrap(title(state.titles), room) for key, state in procedure.states.items()}
    stages = _stages(plan, procedure, title)
    height = _place_boxes(plan, texts, stages[0].bottom + 12, notes=notes)
    _place_ports(plan)
    first = plan.boxes[places.main[0]]
    ways = [
        Way(("", places.main[0]), "step", ((MARGIN + 8, first.middle), (first.x, first.middle)))
    ]
    for edge in plan.ways:
        kind = plan.kind(edge)
        if kind is not None:
            ways.append(Way(edge, kind, tuple(_route(plan, edge, kind))))
    width = plan.boxes[places.main[-1]].right + MARGIN
    return Layout(width, height, places.main, plan.boxes, stages, tuple(ways))


def _x(column: int) -> float:
    return MARGIN + START + column * (WIDTH + GAP)


def _stages(
    plan: _Plan, procedure: Procedure, title: Callable[[Mapping[str, str]], str]
) -> tuple[Box, ...]:
    """Place the headings of the stages, each over its boxes of the main line."""
    found = []
    for stage, titles in procedure.stages.items():
        here = [plan.column[key] for key in plan.rows.main if procedure.states[key].stage == stage]
        if here:
            width = _x(here[-1]) + WIDTH - _x(here[0])
            found.append((here[0], width, wrap(title(titles), width / SMALL_FONT)))
    height = max(len(lines) for _, _, lines in found) * SMALL_LINE + 8
    return tuple(Box(lines, _x(first), MARGIN, height, width) for first, width, lines in found)


def _place_boxes(
    plan: _Plan, texts: Mapping[str, tuple[str, ...]], top: float, *, notes: bool
) -> float:
    """Place the boxes and the rails between their rows; gives the height of the whole."""

    def height(keys: Iterable[str]) -> float:
        longest = max((len(texts[key]) for key in keys), default=0)
        return longest * LINE + 2 * PADDING + (SMALL_LINE if notes else 0)

    def put(key: str, y: float, tall: float) -> None:
        plan.boxes[key] = Box(texts[key], _x(plan.column[key]), y, tall)

    above: dict[int, int] = {}
    for key, column in plan.rows.aside.items():
        tall = height(plan.rows.aside)
        put(key, top + above.get(column, 0) * (tall + GAP), tall)
        above[column] = above.get(column, 0) + 1
    if above:
        top += max(above.values()) * (height(plan.rows.aside) + GAP)
    skips = plan.levels("skip")
    top += (max(skips.values()) + 1) * RAIL + 8 if skips else 8
    plan.rails.update({("skip", key): top - 12 - n * RAIL for key, n in skips.items()})
    for key in plan.rows.main:
        put(key, top, height(plan.rows.main))
    top += height(plan.rows.main) + RAIL
    returns = plan.levels("return")
    plan.rails.update({("return", key): top + n * RAIL for key, n in returns.items()})
    top += (max(returns.values()) + 1 if returns else 0) * RAIL
    for key in plan.rows.dead:
        tall = height([key])
        put(key, top, tall)
        plan.rails["end", key] = top + tall / 2
        top += tall + 12
    return top + MARGIN


def _place_ports(plan: _Plan) -> None:
    """Spread the ends of arrows over the upper and lower edge of each box of the main line.

    Beneath, returns leave by the left, the nearest rail first, so that those of one box do not
    cross; then the ways to dead ends, the deepest first; what comes back arrives at the right.
    """
    for key in plan.rows.main:
        rail = plan.rails
        out = [target for source, target in plan.of("return") if source == key]
        low: list[tuple[Kind, str]] = [
            ("return", target) for target in sorted(out, key=lambda t: rail["return", t])
        ]
        ends = [target for source, target in plan.of("end") if source == key]
        low += [("end", target) for target in sorted(ends, key=lambda t: -rail["end", t])]
        if ("return", key) in rail:
            low.append(("return", ""))
        _spread(plan, key, low)
        beside: list[tuple[int, Kind, str]] = []
        for kind in ("skip", "aside"):
            for source, target in plan.of(kind):
                other = target if source == key else source
                if key in (source, target):
                    way = f"to {target}" if source == key else "" if kind == "skip" else source
                    beside.append((plan.column[other] - plan.column[key], kind, way))
        high = [(kind, way) for _, kind, way in sorted(set(beside))]
        if (key, key) in plan.ways:
            high.append(("again", ""))
        _spread(plan, key, list(dict.fromkeys(high)))


def _spread(plan: _Plan, key: str, ends: Sequence[tuple[Kind, str]]) -> None:
    box = plan.boxes[key]
    for number, (kind, way) in enumerate(ends, start=1):
        plan.ports[key, kind, way] = box.x + WIDTH * number / (len(ends) + 1)


def _route(plan: _Plan, edge: Edge, kind: Kind) -> list[Point]:
    source, target = edge
    start, end = plan.boxes[source], plan.boxes[target]
    match kind:
        case "step":
            return [(start.right, start.middle), (end.x, end.middle)]
        case "return":
            out, into = plan.ports[source, kind, target], plan.ports[target, kind, ""]
            rail = plan.rails[kind, target]
            return [(out, start.bottom), (out, rail), (into, rail), (into, end.bottom)]
        case "skip":
            out, into = plan.ports[source, kind, f"to {target}"], plan.ports[target, kind, ""]
            rail = plan.rails[kind, target]
            return [(out, start.y), (out, rail), (into, rail), (into, end.y)]
        case "end":
            return _route_end(plan, edge)
        case "aside":
            return _route_aside(plan, edge)
        case "again":
            x = plan.ports.get((source, kind, ""), start.right - 24)
            return [
                (x - 7, start.y),
                (x - 7, start.y - 13),
                (x + 7, start.y - 13),
                (x + 7, start.y),
            ]


def _route_end(plan: _Plan, edge: Edge) -> list[Point]:
    source, target = edge
    start, end = plan.boxes[source], plan.boxes[target]
    rail = plan.rails["end", target]
    if source not in plan.rows.aside:
        out = plan.ports[source, "end", target]
        return [(out, start.bottom), (out, rail), (end.x, rail)]
    beside = start.right + GAP / 2
    low = start.middle + 10
    return [(start.right, low), (beside, low), (beside, rail), (end.x, rail)]


def _route_aside(plan: _Plan, edge: Edge) -> list[Point]:
    """Join a box above the main line with one of the line, or two above it."""
    source, target = edge
    start, end = plan.boxes[source], plan.boxes[target]
    if source in plan.rows.aside and target in plan.rows.aside:
        left, right = sorted((start, end), key=lambda box: (box.x, box.y))
        if left.x == right.x:
            ends = [(left.center, left.bottom), (right.center, right.y)]
        else:
            ends = [(left.right, left.middle), (right.x, right.middle)]
        return ends if left is start else ends[::-1]
    leaves = source in plan.rows.aside
    upper, lower = (start, end) if leaves else (end, start)
    port = plan.ports[(target, "aside", source) if leaves else (source, "aside", f"to {target}")]
    if upper.x == lower.x:
        points = [(port, upper.bottom), (port, lower.y)]
    else:
        level = upper.middle + (0 if leaves else -10)
        side = upper.right if lower.x > upper.x else upper.x
        points = [(side, level), (port, level), (port, lower.y)]
    return points if leaves else points[::-1]
