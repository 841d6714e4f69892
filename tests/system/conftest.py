"""Browsers and a mail server, as the tests of pages and of notices have them."""

from tests.notices.conftest import sink
from tests.pages.conftest import browser, enter, with_password

__all__ = ["browser", "enter", "sink", "with_password"]
