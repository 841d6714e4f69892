"""The mail server and the application for texts that the tests of notices have."""

from tests.notices.conftest import sink, writing, writing_app

__all__ = ["sink", "writing", "writing_app"]
