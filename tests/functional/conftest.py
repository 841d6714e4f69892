"""The whole installation as `tracker up` starts it, a mail server, and people in real browsers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need
from tests.notices.sink import Received, Sink
from workflows.loader import load_assembly

ROOT = Path(__file__).parents[2]
UP = "import sys; from tracker.cli import main; sys.argv = ['tracker', 'up']; sys.exit(main())"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "sample-acts-only"
PATIENCE = 60.0
"""Seconds to wait for what workers do; a busy machine is slow, a lost mail never comes."""


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, f"did not happen in time: {what}"
        time.sleep(0.1)
    return found


@dataclass(frozen=True)
class Installation:
    address: str
    sink: Sink

    def mail(self, login: str, words: str) -> Received:
        """The mail to this person whose subject or text has these words, once it has come."""
        to = f"{login}@demo.example.org"

        def arrived() -> Received | None:
            return next(
                (
                    item
                    for item in self.sink.received
                    if item.recipient == to
                    and (words in str(item.mail["Subject"]) or words in item.body())
                ),
                None,
            )

        return wait_for(arrived, f"a mail to {login} with “{words}”")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Web, worker and scheduler on the embedded database with the sample people and acts."""
    need("Chromium", shutil.which("chromium") is not None)
    folder = tmp_path_factory.mktemp("installation")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = Sink()
    sink.start()
    environ = {key: value for key, value in os.environ.items() if not key.startswith("TRACKER_")}
    environ |= {
        "TRACKER_ENV": "demo",
        "TRACKER_DATA_DIR": str(folder / "var"),
        "TRACKER_SMTP_URL": sink.url,
        "PORT": str(port),
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", UP], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(address) or process.poll() is not None, "the first page")
        assert process.poll() is None, (folder / "log").read_text()
        yield Installation(address, sink)
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            sink.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    need("Chromium", (path := shutil.which("chromium")) is not None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


@dataclass(frozen=True)
class Titles:
    """What the buttons and states are called in one language."""

    language: str

    def action(self, name: str) -> str:
        return self._procedure().actions[name].titles[self.language]

    def state(self, name: str) -> str:
        return self._procedure().states[name].titles[self.language]

    def done(self, name: str) -> str:
        return self._procedure().actions[name].done[self.language]

    def _procedure(self) -> Any:
        files = load_assembly("csto_pa").procedures
        return next(f.procedure for f in files if f.procedure.procedure == "model_law")
