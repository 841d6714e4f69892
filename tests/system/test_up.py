"""`tracker up`: what dies is started again, what is told to stop stops, nothing stays behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from itertools import pairwise
from pathlib import Path

import pytest

from tracker.config import Settings
from tracker.system import up

ROOT = Path(__file__).parents[2]
SUPERVISOR = """
import asyncio, json, sys
from tracker.system import up

up.FIRST_PAUSE, up.LAST_PAUSE = 0.2, 0.5

async def main():
    await up.supervise(json.loads(sys.argv[1]), up.stop_on_signals())

asyncio.run(main())
"""
# Each notes its process, and its child's where it has one, and the moment it began.
NOTE = """
import os, pathlib, signal, sys, time
def note():
    with pathlib.Path(sys.argv[1]).open("a") as file:
        file.write(f"{os.getpid()} {time.monotonic()}\\n")
note()
"""
PROGRAMS = {
    "steady": "time.sleep(600)",
    "stubborn": "signal.signal(signal.SIGTERM, signal.SIG_IGN); note(); time.sleep(600)",
    "parent": "os.fork() or note(); time.sleep(600)",
    "crashing": "sys.exit(3)",
}


def wait_until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether the process runs; one that waits to be reaped does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


class Run:
    """A supervisor of some of the programs, in a process of its own."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        programs = {}
        for name in names:
            (folder / f"{name}.py").write_text(NOTE + PROGRAMS[name])
            programs[name] = [name, str(folder / f"{name}.notes")]
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISOR, json.dumps(programs)],
                env={**os.environ, "PYTHONPATH": f"{ROOT}:{folder}", "NO_COLOR": "1"},
                cwd=folder,
                stdout=output,
            )

    def notes(self, name: str) -> list[tuple[int, float]]:
        path = self.folder / f"{name}.notes"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(int(pid), float(moment)) for pid, moment in map(str.split, lines)]

    def pids(self, name: str) -> list[int]:
        return [pid for pid, _ in self.notes(name)]


@pytest.fixture
def run(tmp_path):
    runs = []

    def start(*names: str) -> Run:
        runs.append(Run(tmp_path, *names))
        return runs[-1]

    yield start
    for each in runs:
        each.process.kill()
        each.process.wait()
        for name in PROGRAMS:
            for pid in filter(alive, each.pids(name)):
                os.kill(pid, signal.SIGKILL)


def test_a_killed_program_is_started_again_and_leaves_no_children(run):
    this = run("parent", "steady")
    wait_until(lambda: len(this.pids("parent")) == 2)
    first = this.pids("parent")
    os.kill(first[0], signal.SIGKILL)
    wait_until(lambda: len(this.pids("parent")) == 4)
    assert not any(map(alive, first))
    assert all(map(alive, this.pids("parent")[2:]))
    assert len(this.pids("steady")) == 1


def test_pauses_grow_to_a_limit(run):
    this = run("crashing")
    wait_until(lambda: len(this.notes("crashing")) == 5)
    pauses = re.findall(r"again_in_seconds=([\d.]+)", this.output.read_text())
    assert pauses[:4] == ["0.2", "0.4", "0.5", "0.5"]
    moments = [moment for _, moment in this.notes("crashing")]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(gap > float(pause) for gap, pause in zip(gaps, pauses, strict=False))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_stop_when_told(run, number):
    this = run("steady", "parent", "crashing")
    wait_until(lambda: this.pids("steady") and len(this.pids("parent")) == 2)
    before = time.monotonic()
    this.process.send_signal(number)
    assert this.process.wait(15) == 0
    assert time.monotonic() - before < 5
    assert not any(map(alive, this.pids("steady") + this.pids("parent")))


def test_one_that_will_not_stop_is_made_to_within_15_seconds(run):
    this = run("stubborn")
    wait_until(lambda: len(this.notes("stubborn")) == 2)
    this.process.terminate()
    assert this.process.wait(15) == 0
    assert not any(map(alive, this.pids("stubborn")))


def test_nothing_outlives_a_killed_supervisor(run):
    this = run("steady", "parent", "stubborn")
    wait_until(lambda: len(this.pids("parent")) == len(this.pids("stubborn")) == 2)
    wait_until(lambda: this.pids("steady"))
    this.process.kill()
    wait_until(lambda: not any(map(alive, this.pids("steady"))), seconds=5)
    rest = this.pids("parent") + this.pids("stubborn")
    wait_until(lambda: not any(map(alive, rest)), seconds=15)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def environ(tmp_path, port):
    return {
        "TRACKER_ENV": "demo",
        "TRACKER_DATA_DIR": str(tmp_path / "var"),
        "PORT": str(port),
    }


def test_a_second_one_on_the_same_data_is_refused(environ, capsys):
    settings = Settings.load(environ, dotenv=None)
    with up._only_one(settings.data_dir):
        assert up.run_up(settings) == 1
    message = capsys.readouterr().err
    assert f"process {os.getpid()} runs this installation already" in message
    assert "TRACKER_DATA_DIR" in message
    assert message.count("\n") == 1


def test_a_port_in_use_is_named(environ, port, capsys):
    with socket.create_server(("127.0.0.1", port)):
        assert up.run_up(Settings.load(environ, dotenv=None)) == 1
    message = capsys.readouterr().err
    assert f"port {port} cannot be used" in message
    assert "PORT" in message
    assert message.count("\n") == 1


UP = """
import sys
from tracker.config import Settings
from tracker.system.up import run_up
sys.exit(run_up(Settings.load(dotenv=None)))
"""


def children(pid: int) -> dict[str, int]:
    """Find the supervisor's children by what they run."""
    names = {"gunicorn": "web", "beat": "scheduler", "--without-gossip": "worker"}
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            words = (path.parent / "cmdline").read_text().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found |= {role: int(path.parent.name) for word, role in names.items() if word in words}
    return found


def answers(port: int) -> bool:
    """Whether the web server gives any answer at all."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def test_the_installation_starts_survives_its_parts_and_stops(environ, port, tmp_path):
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", UP],
            env={**os.environ, **environ},
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: "Ready in" in log.read_text(), seconds=90)
        assert answers(port)
        wait_until(lambda: len(children(process.pid)) == 3)
        first = children(process.pid)
        for pid in first.values():
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: answers(port) and len(children(process.pid)) == 3, seconds=60)
        second = children(process.pid)
        assert not set(first.values()) & set(second.values())
        process.terminate()
        assert process.wait(15) == 0
        assert not any(map(alive, second.values()))
        assert not answers(port)
    finally:
        process.kill()
        process.wait()
