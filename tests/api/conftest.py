"""Calling the API as the sample people, at the moment the sample world stands in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, has_app_context
from werkzeug.test import TestResponse

from tests.conftest import NOW, fresh_database
from tracker.commands.context import operator
from tracker.db import db
from tracker.people.operations import create_token

PREFIX = "/api/v1"


@dataclass
class Api:
    """`api.get("secretariat", "/acts")` calls as that sample person; None is nobody."""

    app: Flask
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str:
        if who not in self.tokens:
            actor = operator("manage_accounts")
            self.tokens[who] = create_token(f"{who}@demo.example.org", actor=actor, now=NOW)
        return self.tokens[who]

    def get(self, who: str | None, path: str, **more: Any) -> TestResponse:
        return self.call("GET", who, path, **more)

    def post(self, who: str | None, path: str, body: Any = None, **more: Any) -> TestResponse:
        if body is not None:
            more["json"] = body
        return self.call("POST", who, path, **more)

    def patch(self, who: str | None, path: str, body: Any) -> TestResponse:
        return self.call("PATCH", who, path, json=body)

    def delete(self, who: str | None, path: str) -> TestResponse:
        return self.call("DELETE", who, path)

    def call(
        self,
        method: str,
        who: str | None,
        path: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        sent = {"Accept-Language": "en", **(headers or {})}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.token(who)}"
        if has_app_context():
            db.session.remove()
        with self.app.app_context():  # or the request would share the one that the test stands in
            return self.app.test_client().open(PREFIX + path, method=method, headers=sent, **more)


on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""For what depends on the database; the rest of the API is tried on SQLite alone."""


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_database(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest.fixture(autouse=True)
def _at_that_moment() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def api(app: Flask) -> Api:
    return Api(app)


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem details of an answer, which must be of this status and code."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.text)
    assert body["code"] == code
    assert body["status"] == status
    assert body["detail"]
    assert "Traceback" not in answer.text
    return body


def codes(body: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The codes of the refusals, with the fields they name."""
    return [(each["code"], each.get("field")) for each in body["refusals"]]
