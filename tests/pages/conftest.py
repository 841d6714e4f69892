"""A browser without scripts: the test client, logged in as one of the sample people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.road import bring_to
from tracker.db import db, unit_of_work
from tracker.people.accounts import hashed
from tracker.people.models import Account
from tracker.texts.files import uploads

PASSWORD = "a password for tests"

both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Pages run on SQLite, unless a test says `both_databases`: operations are tested on both."""
    said = any(
        mark.args[0] == "database_url" for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "database_url" in metafunc.fixturenames and not said:
        only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
        metafunc.definition.add_marker(only)


@pytest.fixture(autouse=True)
def at_the_hour(now: datetime) -> Iterator[None]:
    """The clock of the pages stands at the hour of the tests."""
    with time_machine.travel(now, tick=False):
        yield


class Browser(FlaskClient):
    """Keeps what it last saw, and fills in the token that every form of a page carries."""

    last: BeautifulSoup
    token: str | None = None

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        # A context of its own for each request, as a server gives it.
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html":
            self.last = BeautifulSoup(answer.data, "html.parser")
            field = self.last.find("input", {"name": "csrf_token"})
            self.token = field["value"] if field else self.token
        return answer

    def send(
        self, url: str, data: dict[str, object] | None = None, **kwargs: object
    ) -> TestResponse:
        """Post a form with the token of a page seen before."""
        if self.token is None:
            self.get("/log-in")
        return self.post(url, data={"csrf_token": self.token, **(data or {})}, **kwargs)

    @property
    def text(self) -> str:
        return " ".join(self.last.get_text(" ").split())


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Somebody who has not logged in."""
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def enter(app: Flask) -> Callable[[str], Browser]:
    """`enter("eab.secretary")` is a browser of that sample person, in English."""

    def enter(login: str, language: str = "en") -> Browser:
        app.test_client_class = Browser
        client = app.test_client()
        uniquifier = db.session.scalar(
            select(Account.fs_uniquifier).where(Account.email == f"{login}@demo.example.org")
        )
        with client.session_transaction() as session:
            session["_user_id"] = uniquifier
            session["_fresh"] = True
        client.set_cookie("language", language)
        client.get("/account")
        return client

    return enter


@pytest.fixture
def with_password(app: Flask) -> Callable[[str], str]:
    """Give a sample person a password; returns their address."""

    def with_password(login: str) -> str:
        email = f"{login}@demo.example.org"
        with unit_of_work() as session:
            session.execute(
                update(Account).where(Account.email == email).values(password=hashed(PASSWORD))
            )
        return email

    return with_password


@pytest.fixture
def road(as_: Callable[[str], object], now: datetime) -> Callable[..., str]:
    """`road("council")` is the reference of a new model law in that state."""

    def road(state: str, at: datetime = now, **given: object) -> str:
        return bring_to(state, as_, at, uploads(), **given)

    return road
