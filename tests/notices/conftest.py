"""What the tests of notices share: an application for texts, and mail servers of all tempers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from tests.conftest import settings_for
from tests.notices.sink import Sink
from tracker import create_app


@pytest.fixture(scope="session")
def writing_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that only puts notices into words; a word that is missing is an error."""
    folder = tmp_path_factory.mktemp("writing")
    app = create_app(settings_for(folder, f"sqlite:///{folder}/unused.db"))
    app.jinja_env.undefined = StrictUndefined
    return app


@pytest.fixture
def writing(writing_app: Flask) -> Iterator[Flask]:
    with writing_app.app_context():
        yield writing_app


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server on this machine that keeps what it is given, and may be told to misbehave."""
    sink = Sink()
    sink.start()
    yield sink
    sink.stop()
