"""The product's processes as they run in life, and how to find and kill them.

`Services` starts the three programs and starts each again two seconds after its end, as the units
of `deploy/systemd` do; `Together` is `tracker up`, which sees to that itself.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.servers import end_group, wait_until
from tracker.system.up import commands

ROOT = Path(__file__).parents[2]
RESTART = 2.0
KINDS = ("web", "worker", "scheduler")


def run(program: Sequence[str], environ: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *program],
            cwd=ROOT,
            env=environ,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


class Service:
    """One program that is kept running."""

    def __init__(self, program: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self.program, self.environ, self.log = program, environ, log
        self.wanted = True
        self.process = run(program, environ, log)
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.thread.start()

    def _keep(self) -> None:
        while self.wanted:
            self.process.wait()
            end_group(self.process)
            time.sleep(RESTART)
            if self.wanted:
                self.process = run(self.program, self.environ, self.log)

    def stop(self) -> None:
        self.wanted = False
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            end_group(self.process)
        self.thread.join(10)
        end_group(self.process)


class Services:
    """Web, worker and scheduler, each a service of its own."""

    def __init__(self, environ: Mapping[str, str], port: int, log: Path) -> None:
        self.environ, self.log = environ, log
        self.programs = commands(port)
        self.programs["worker"] = [*self.programs["worker"], "--concurrency", "2"]
        self.services: dict[str, Service] = {}

    def start(self) -> None:
        self.services = {kind: self._service(kind) for kind in KINDS}

    def start_another(self, kind: str) -> None:
        self.services[f"another {kind}"] = self._service(kind)

    def end_another(self, kind: str) -> None:
        self.services.pop(f"another {kind}").stop()

    def _service(self, kind: str) -> Service:
        return Service(self.programs[kind], self.environ, self.log)

    def stop(self) -> None:
        for service in self.services.values():
            service.wanted = False
        for service in self.services.values():
            service.stop()
        self.services = {}

    def leader(self, kind: str) -> int | None:
        """The process that was started, None while it is down."""
        process = self.services[kind].process
        return process.pid if process.poll() is None else None

    def below(self, kind: str) -> list[int]:
        """What the program has started itself: processes of the web server or of the worker."""
        leader = self.leader(kind)
        return children(leader) if leader else []


class Together(Services):
    """`tracker up`."""

    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = run(["tracker", "up"], self.environ, self.log)

    def stop(self) -> None:
        super().stop()  # another one that was started beside it
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(20) == 0
            self.process = None

    def leader(self, kind: str) -> int | None:
        assert self.process is not None
        word = {"web": "gunicorn", "worker": "worker\0worker", "scheduler": "beat"}[kind]
        for pid in children(self.process.pid):
            line = _text(f"/proc/{pid}/cmdline")
            if "tracker.system.child" in line and f"\0{word}\0" in line:
                return pid
        return None

    def below(self, kind: str) -> list[int]:
        return super().below(kind)[1:]  # the first one watches for the end of `tracker up`


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    text = _text(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in text.split()]


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def kill(programs: Services, kind: str, chance: random.Random) -> None:
    """SIGKILL one of the processes of a program: the whole group, its leader, or a child."""
    wait_until(lambda: programs.leader(kind), 60, f"the {kind} is up")
    leader = programs.leader(kind)
    if leader is None:  # it fell by itself since
        kill(programs, kind, chance)
        return
    below = programs.below(kind)
    way = chance.choice(("group", "leader", "child"))
    try:
        if way == "group":
            os.killpg(leader, signal.SIGKILL)
        else:
            os.kill(chance.choice(below) if way == "child" and below else leader, signal.SIGKILL)
    except ProcessLookupError:
        kill(programs, kind, chance)
