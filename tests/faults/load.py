"""Work that goes on through every fault: acts proposed and moved over HTTP, as a client does that
wants each done once. It repeats a call with the same `Idempotency-Key` until it has an answer.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NoReturn

STEADY = 0.25
"""Seconds between two steps."""


class BeforePrevious(Exception):
    """An act was proposed at a later date than it is now: the clock was set back in between. The
    product refuses rightly, until that date.
    """


@dataclass
class Load:
    url: str
    token: str
    references: list[str] = field(default_factory=list)
    stranded: list[str] = field(default_factory=list)
    repeated: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the work after the act in hand."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(300)
            assert not self._thread.is_alive(), f"no answer for minutes: {self.answers}"

    def answered(self) -> bool:
        """Whether the product says that it is there."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except (OSError, HTTPException):
            return False

    def act(self, patience: float = 300.0) -> str:
        """One act proposed and its concept opened: two operations; returns its reference."""
        until = time.monotonic() + patience
        titles = {"ru": "О пробном деле", "en": "On a Trial Matter"}
        body = {"kind": "model_law", "titles": titles, "initiator": "parliament_kz"}
        act = self._post("/acts", body, until)
        reference: str = act["reference"]
        path = f"/acts/{reference}/actions/open_concept"
        try:
            self._post(path, {"version": act["version"]}, until)
        except BeforePrevious:
            self.stranded.append(reference)
            return reference
        self.references.append(reference)
        return reference

    def _run(self) -> None:
        while not self._stop.is_set():
            self.act()
            self._stop.wait(STEADY)

    def _post(self, path: str, body: dict[str, Any], until: float) -> Any:
        key = uuid.uuid4().hex
        while True:
            status, text = self._call(path, body, key)
            self.answers[status] = self.answers.get(status, 0) + 1
            if 200 <= status < 300:
                return json.loads(text)
            if "before_previous" in text:
                raise BeforePrevious
            if 400 <= status < 500:
                self._surprised(f"{status} {path} {text[:300]}")
            if time.monotonic() > until:
                self._surprised(f"no answer in time: {status} {path} {text[:300]}")
            self.repeated += 1
            time.sleep(0.2)

    def _surprised(self, what: str) -> NoReturn:
        """End this work, which the account will say was broken."""
        self.surprises.append(what)
        raise AssertionError(what)

    def _call(self, path: str, body: dict[str, Any], key: str) -> tuple[int, str]:
        """The answer; 0 is none."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except (OSError, HTTPException):  # also an answer that broke off
            return 0, ""
