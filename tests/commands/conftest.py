"""The command line on the test's database, as another process would run it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import has_app_context

from tracker.cli import cli
from tracker.db import db


@dataclass(frozen=True)
class Shell:
    env: dict[str, str]

    def __call__(self, *words: str, given: str | None = None) -> Result:
        """Run `tracker WORDS`; an exception that is no exit fails the test."""
        if has_app_context():
            db.session.remove()
        result = CliRunner().invoke(cli, list(words), input=given, env=self.env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.output
        return result

    def said(self, *words: str, given: str | None = None) -> str:
        """What a command that succeeds prints."""
        result = self(*words, given=given)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def refused(self, *words: str, status: int = 1) -> str:
        """What a command that fails says on standard error."""
        result = self(*words)
        assert result.exit_code == status, result.output
        assert result.stdout == ""
        return str(result.stderr)


def shell_for(folder: Path, database_url: str, env: str = "test") -> Shell:
    return Shell(
        {
            "TRACKER_ENV": env,
            "TRACKER_DATA_DIR": str(folder),
            "TRACKER_DATABASE_URL": database_url,
            "TRACKER_SECRET_KEY": "a key for tests, long enough to be taken",
        }
    )


@pytest.fixture
def shell(app, database_url, tmp_path) -> Shell:
    """A command line on a database with the sample people."""
    return shell_for(tmp_path, database_url)


@pytest.fixture
def bare(tmp_path) -> Shell:
    """A command line before anything was prepared."""
    return shell_for(tmp_path, f"sqlite:///{tmp_path}/bare.db")
