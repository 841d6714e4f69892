"""The text room on a code of 1,300 articles: time to read, match, compare and write, and memory.

The code is generated, so that the figures can be had anywhere; the largest of the texts in the
folder named by TEST_SHARED, or in `shared` beside the checkout, is measured too.
`python -m benchmarks.texts` prints these figures alone.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.figures import Figure, table

ARTICLES = 1300
NOTES = f"""**The texts** are read, matched with a later edition, compared, and written as HTML,
PDF and Akoma Ntoso, each text in a process of its own; memory is the most that the process ever
had. The code of {ARTICLES} articles is made up: its later edition has a word changed in every tenth
article, every hundredth dropped, and one put in after every fiftieth. A text of the shared folder
is compared with itself."""
_WORDS = """государство орган лицо право обязанность граница договор срок порядок решение суд закон
имущество сторона условие требование уведомление регистрация контроль ответственность возмещение
вред сделка представитель обязательство исполнение основание случай заявление"""
T = TypeVar("T")


def code(articles: int = ARTICLES, *, edition: int = 1, seed: int = 7) -> str:
    """A made-up code as plain text. A later edition changes a word in every tenth article, drops
    every hundredth, and inserts one after every fiftieth, with all that follow renumbered.
    """
    chance = random.Random(seed)
    lines = ["МОДЕЛЬНЫЙ КОДЕКС", "О всеобщем порядке", ""]
    number = 0
    for place in range(1, articles + 1):
        if place % 50 == 1:
            lines += [f"Глава {place // 50 + 1}. О предмете {place // 50 + 1}", ""]
        body = list(_article(chance, place))
        if edition > 1 and place % 100 == 0:
            continue
        if edition > 1 and place % 10 == 0:
            body[1] = body[1].replace(" порядок ", " новый порядок ", 1) + " Это изменено."
        number += 1
        lines += [f"Статья {number}. {body[0]}", "", *body[1:], ""]
        if edition > 1 and place % 50 == 0:
            number += 1
            extra = list(_article(random.Random(place), 10_000 + place))
            lines += [f"Статья {number}. {extra[0]}", "", *extra[1:], ""]
    return "\n".join(lines)


def _article(chance: random.Random, place: int) -> Iterator[str]:
    """A heading and parts, with points."""
    yield f"О предмете {place} и {chance.choice(_WORDS.split())}"
    for part in range(1, chance.randint(3, 6)):
        text = _sentence(chance, 25)
        if part != 2:
            yield f"{part}. {text}."
            continue
        yield f"{part}. {text}:"
        for point in range(1, 5):
            yield f"{point}) {_sentence(chance, 12).lower()}{';' if point < 4 else '.'}"


def _sentence(chance: random.Random, size: int) -> str:
    return " ".join(chance.choice(_WORDS.split()) for _ in range(size)).capitalize()


def texts(kind: str, _work: Path, _versions: dict[str, str]) -> Iterator[Figure]:
    """Every figure, once: no database has a part in them."""
    if kind != "sqlite":
        return
    yield from _measure(f"code of {ARTICLES} articles", [])
    largest = _largest()
    if largest is not None:
        yield from _measure(largest.name, [str(largest)])


def _largest() -> Path | None:
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("TEST_SHARED", beside))
    found = [path for path in folder.glob("texts/*/*") if path.suffix in (".html", ".txt", ".md")]
    return max(found, key=lambda path: path.stat().st_size, default=None)


def _measure(name: str, arguments: Sequence[str]) -> Iterator[Figure]:
    """Each figure from a process of its own, so that memory is that of one thing."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.texts", *(arguments or ["-"])],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    for line in done.stdout.splitlines():
        step, value, unit = line.split("\t")
        yield Figure(f"{step}, {name}", float(value), unit)


def _steps(path: str) -> None:
    """Print a figure a line for one text."""
    from datetime import date

    from tracker.structure.akn_meta import Identity
    from tracker.structure.akn_writer import write_akn
    from tracker.structure.match import match
    from tracker.structure.reading import read
    from tracker.structure.redline import redline
    from tracker.structure.redline_html import inline_html
    from tracker.structure.render import document_html
    from tracker.texts.compare_pdf import changes_pdf
    from tracker.texts.comparing import pack, unpack
    from tracker.texts.readings import pack as pack_text
    from tracker.texts.readings import unpack as unpack_text

    if path == "-":
        files = (code().encode(), "code.txt"), (code(edition=2).encode(), "code.txt")
    else:
        data = Path(path).read_bytes()
        files = (data, path), (data, path)
    before = _memory()
    old = _timed("read", lambda: read(*files[0]))
    new = read(*files[1])
    print(f"memory of two texts read\t{_memory() - before:.0f}\tMB")
    matches = _timed("match", lambda: match(old, new))
    compared = _timed("redline", lambda: redline(old, new, matches))
    day = date(2026, 11, 24)
    identity = Identity("xx", "bill", "code", "1", day, 1, day, day, "drafter", "Drafter")
    _timed("write Akoma Ntoso", lambda: write_akn(new, identity))
    _timed("text as HTML", lambda: document_html(new))
    kept = pack_text(new)
    _timed("text from its row", lambda: unpack_text(kept))
    packed = _timed("redline to its row", lambda: pack(compared))
    _timed("redline from its row", lambda: unpack(packed))
    _timed("changes as HTML", lambda: inline_html(compared, {}, only_changes=True))
    _timed("changes as PDF", lambda: changes_pdf(compared, "Code", ("1", "2"), {}, "ru"))
    print(f"memory at most\t{_memory():.0f}\tMB")


def _timed(name: str, step: Callable[[], T]) -> T:
    started = time.perf_counter()
    made = step()
    print(f"{name}\t{time.perf_counter() - started:.3f}\ts")
    return made


def _memory() -> float:
    """The most this program has had, in MB. `getrusage` would count what the process that started
    it had, too.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _steps(sys.argv[1])
    else:
        print(table(list(texts("sqlite", Path(), {}))))
