"""The peer, and a turn for each contestant: the rounds are interleaved, so that what else the
machine does falls on all of them.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Protocol

from benchmarks.world import NOW
from tracker.acts.operations import Step, advance, advance_many
from workflows.facts import Actor

ROOT = Path(__file__).parent.parent
_REQUIREMENTS = Path(__file__).parent / "peer" / "requirements.txt"
ACTION = "open_concept"


class Contestant(Protocol):
    """Somebody who moves acts one by one, or many in one transaction; answers in seconds."""

    def single(self, count: int) -> list[float]: ...
    def bulk(self, count: int) -> list[float]: ...


class Product:
    """`advance` and `advance_many`, as a page, a call or a command uses them."""

    def __init__(self, actor: Actor, acts: list[str]) -> None:
        self._actor = actor
        self._acts = acts

    def single(self, count: int) -> list[float]:
        seconds = []
        for _ in range(count):
            reference = self._acts.pop()
            begun = perf_counter()
            advance(reference, ACTION, actor=self._actor, now=NOW)
            seconds.append(perf_counter() - begun)
        return seconds

    def bulk(self, count: int) -> list[float]:
        steps = [Step(self._acts.pop()) for _ in range(count)]
        begun = perf_counter()
        answers = advance_many(steps, ACTION, actor=self._actor, now=NOW)
        seconds = perf_counter() - begun
        assert all(answer.outcome for answer in answers)
        return [seconds]


class Peer:
    """Django in a process of its own, asked by lines of JSON."""

    def __init__(self, python: Path, url: str) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.peer", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions: dict[str, str] = self._answer()

    def make(self, count: int) -> None:
        self._ask("make", count)

    def single(self, count: int) -> list[float]:
        return self._ask("single", count)

    def bulk(self, count: int) -> list[float]:
        return self._ask("bulk", count)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _ask(self, name: str, count: int) -> Any:
        assert self._process.stdin is not None
        print(json.dumps([name, count]), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended; its error stands above")
        return json.loads(line)


def peer_python(folder: Path) -> Path:
    """The interpreter of the peer's own venv, made on first use and when its lock changes."""
    python = folder / "bin" / "python"
    stamp = folder / "ready"
    wanted = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"Installing the peer into {folder}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--require-hashes", "-r", _REQUIREMENTS],
            check=True,
        )  # fmt: skip
        stamp.write_text(wanted)
    return python


def singles(
    contestants: Mapping[str, Contestant], *, rounds: int, turn: int, warm_up: int
) -> dict[str, float]:
    """The median milliseconds of one step of each, in rounds of `turn` steps each."""
    for contestant in contestants.values():
        contestant.single(warm_up)
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            seconds[name] += contestant.single(turn)
    return {name: median(found) * 1000 for name, found in seconds.items()}


def bulks(contestants: Mapping[str, Contestant], *, rounds: int, acts: int) -> dict[str, float]:
    """The median milliseconds of `acts` steps in one transaction of each."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            seconds[name] += contestant.bulk(acts)
    return {name: median(found) * 1000 for name, found in seconds.items()}
