"""A browser without scripts: the test client, logged in as one of the sample people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from tracker.db import db, unit_of_work
from tracker.people.accounts import hashed
from tracker.people.models import Account

PASSWORD = "a password for tests"


class Browser(FlaskClient):
    """Keeps what it last saw, and fills in the token that every form of a page carries."""

    last: BeautifulSoup

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        # A context of its own for each request, as a server gives it.
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html":
            self.last = BeautifulSoup(answer.data, "html.parser")
        return answer

    def send(
        self, url: str, data: dict[str, object] | None = None, **kwargs: object
    ) -> TestResponse:
        """Post a form with the token of a page seen before."""
        with self.session_transaction() as session:
            known = "csrf_token" in session
        if not known:
            self.get("/log-in")
        token = self.last.find("input", {"name": "csrf_token"})["value"]
        return self.post(url, data={"csrf_token": token, **(data or {})}, **kwargs)

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
def statements(app: Flask) -> Callable[[], object]:
    """Count the statements sent inside a block: `with statements() as sent: …; len(sent)`."""

    @contextmanager
    def statements() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return statements
