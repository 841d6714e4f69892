"""What the benches measured: on the screen, in `var/bench.json` and in `docs/performance.md`."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("sqlalchemy", "psycopg", "transitions", "flask-sqlalchemy")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside what it is measured against; `ratio` is how many times better the
    value is, `budget` the least ratio. Without a budget `ok` is None.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    budget: float | None = None

    @property
    def ok(self) -> bool | None:
        if self.budget is None or self.ratio is None:
            return None
        return self.ratio >= self.budget


def against(name: str, value: float, baseline: float, budget: float | None = None) -> Figure:
    """Milliseconds beside a baseline's; less is better."""
    return Figure(
        name, round(value, 3), "ms", round(baseline, 3), round(baseline / value, 2), budget
    )


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table, which is legible on a screen too."""
    rows = [("what", "value", "baseline", "ratio", "budget", "")]
    verdicts = {None: "", True: "met", False: "missed"}
    rows += [
        (
            figure.name,
            f"{figure.value:g} {figure.unit}",
            "" if figure.baseline is None else f"{figure.baseline:g} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            "" if figure.budget is None else f"{figure.budget:g}",
            verdicts[figure.ok],
        )
        for figure in figures
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write(
    figures: Sequence[Figure],
    notes: Sequence[str],
    others: Mapping[str, str],
    *,
    data: Path,
    page: Path,
) -> None:
    """Write the figures as data, and the page of docs with the circumstances."""
    data.parent.mkdir(exist_ok=True)
    found = [{**asdict(figure), "ok": figure.ok} for figure in figures]
    data.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    versions = {name: version(name) for name in _PACKAGES} | dict(others)
    sections = [
        "# Performance",
        "`make bench` measures this page anew and writes the same figures to `var/bench.json`.",
        table(figures),
        *notes,
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_machine()}; Python"
        f" {platform.python_version()}, "
        + ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
        + ".",
    ]
    page.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _machine() -> str:
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores, {model}{load}"
