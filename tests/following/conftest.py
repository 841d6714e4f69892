"""A mail server, as the tests of notices have it."""

from tests.notices.conftest import sink

__all__ = ["sink"]
