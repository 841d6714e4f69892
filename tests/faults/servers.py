"""Servers of our own, each on a free port with a folder of its own, to be stopped and started.

They end by SIGKILL of their process group and come back with what they had written: the servers
of the machine, which others use, are never touched.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.conftest import listening
from tests.notices.sink import free_port


def wait_until(condition: Callable[[], object], seconds: float = 60.0, what: str = "") -> float:
    """Wait until the condition holds; returns for how many seconds."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() < begun + seconds, f"it did not happen in time: {what}"
        time.sleep(0.05)
    return time.monotonic() - begun


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a group's leader and whatever it has started, and wait until all are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with contextlib.suppress(ProcessLookupError):
        for _ in range(200):
            os.killpg(process.pid, 0)
            time.sleep(0.05)


class Server(ABC):
    """A program that answers on a port, run as the user that it was made for."""

    user = ""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"faults-{type(self).__name__.lower()}-"))
        self.process: subprocess.Popen[bytes] | None = None
        self._as: dict[str, str] = {}
        if os.geteuid() == 0 and self.user:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._as = {"user": self.user, "group": self.user}

    @classmethod
    @abstractmethod
    def installed(cls) -> bool:
        """Whether this machine has it."""

    def start(self) -> None:
        """Start it and wait until it answers."""
        command, environ = self.command()
        with (self.folder / "output").open("ab") as output:
            self.process = self._run(subprocess.Popen, command, environ, output)
        wait_until(self.answers, 60, f"{type(self).__name__} answers")

    def stop(self) -> None:
        """End it at once, as a crash does."""
        if self.process is not None:
            end_group(self.process)
            wait_until(lambda: not listening(self.port), 30, "its port is free")
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def command(self) -> tuple[list[str], Mapping[str, str]]:
        """How it is started: its command, and its environment."""

    def answers(self) -> bool:
        return listening(self.port)

    def _run(self, call, command, environ, output):
        return call(
            command,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environ},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **self._as,
        )


class PostgreSQL(Server):
    """A cluster; a crash leaves it to be recovered from its log at the next start."""

    user = "postgres"

    @classmethod
    def _program(cls, name: str) -> str:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        return str(found[-1]) if found else shutil.which(name) or ""

    @classmethod
    def installed(cls) -> bool:
        return bool(cls._program("initdb"))

    def __init__(self) -> None:
        super().__init__()
        made = [self._program("initdb"), "-D", "data", "-A", "trust", "-U", "postgres", "-N"]
        with (self.folder / "output").open("ab") as output:
            assert self._run(subprocess.call, [*made, "-E", "UTF8"], {}, output) == 0

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def command(self) -> tuple[list[str], Mapping[str, str]]:
        options = ("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=")
        flags = [word for option in options for word in ("-c", option)]
        return [self._program("postgres"), "-D", "data", *flags], {}

    def stop(self) -> None:
        if self.process is not None:
            # Its immediate end, which also takes along the processes of their own groups.
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
        super().stop()

    def answers(self) -> bool:
        ready = [self._program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.call(ready) == 0


class Redis(Server):
    user = "redis"

    @classmethod
    def installed(cls) -> bool:
        return shutil.which("redis-server") is not None

    def __init__(self) -> None:
        try:
            super().__init__()
        except KeyError:  # no such user here
            self._as = {}

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> tuple[list[str], Mapping[str, str]]:
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        kept = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]
        return ["redis-server", *where, *kept], {}


class RabbitMQ(Server):
    user = "rabbitmq"
    _PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"

    @classmethod
    def installed(cls) -> bool:
        return Path(cls._PROGRAM).exists()

    def __init__(self) -> None:
        super().__init__()
        self._node = f"faults-{uuid.uuid4().hex[:8]}@localhost"
        self._other = free_port()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> tuple[list[str], Mapping[str, str]]:
        folder = str(self.folder)
        environ = {
            "HOME": folder,
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._other),
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{folder}/none",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
        }
        return [self._PROGRAM], environ
