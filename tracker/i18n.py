"""Languages: which one a page speaks, and how data that has several is read.

Texts of the product are gettext messages; texts of an assembly are maps from language to text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import (
    Babel,
    force_locale,
    format_date,
    format_datetime,
    get_locale,
    get_translations,
    lazy_gettext,
)

from tracker import assembly
from workflows.assembly_schema import Body

COOKIE = "language"
_SPOKEN: ContextVar[str | None] = ContextVar("spoken", default=None)
_CATALOGUES: dict[str, Any] = {}

__all__ = ["gettext", "lazy_gettext", "ngettext"]


def gettext(text: str, **values: object) -> str:
    """A text of the product in the present language, filled in."""
    said = _say(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The same for a number of things: `num` is filled in too."""
    return _count(one, many, num) % {"num": num, **values}


def _say(text: str) -> str:
    return str(_catalogue().gettext(text))


def _count(one: str, many: str, num: int) -> str:
    return str(_catalogue().ngettext(one, many, num))


def _catalogue() -> Any:
    """The texts in the present language. A page asks hundreds of times, and Flask-Babel finds out
    anew for each of them where it is and what is spoken there.
    """
    spoken = language()
    if spoken not in _CATALOGUES:
        if not has_app_context():
            return get_translations()  # which knows no texts outside the application
        _CATALOGUES[spoken] = get_translations()
    return _CATALOGUES[spoken]


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=_select)
    texts: Any = app.jinja_env
    texts.install_gettext_callables(_say, _count, newstyle=True)
    app.jinja_env.filters["title"] = title
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["city"] = city
    app.jinja_env.filters["own_name"] = own_name
    app.jinja_env.filters["tongues"] = tongues


def _select() -> str:
    """The language of a page: the person's own, else the cookie's, else the browser's."""
    languages = assembly.assembly().languages
    if not has_request_context():
        return "en"
    own = g.get("language")
    chosen = own or request.cookies.get(COOKIE)
    if chosen in languages:
        return str(chosen)
    return request.accept_languages.best_match(languages) or languages[0]


def language() -> str:
    """The language of the present page, mail or command."""
    if spoken := _SPOKEN.get():
        return spoken
    locale = get_locale()
    return str(locale.language) if locale is not None else "en"


def tongues(found: Iterable[str]) -> list[str]:
    """Languages as they are shown: the authentic one first."""
    return sorted(found, key=assembly.by_tongue)


def own_name(tongue: str) -> str:
    """A language as its speakers call it."""
    name = Locale.parse(tongue).get_display_name(tongue) or tongue
    return name[:1].upper() + name[1:]


@contextmanager
def speaking(tongue: str) -> Iterator[None]:
    """Texts inside are in `tongue`, whoever asks."""
    before = _SPOKEN.set(tongue)
    try:
        with force_locale(tongue):
            yield
    finally:
        _SPOKEN.reset(before)


def title(titles: Mapping[str, str], tongue: str | None = None) -> str:
    """A text that has several languages: the present one, else the authentic one, else any."""
    wanted = tongue or language()
    authentic = assembly.assembly().authentic
    return titles.get(wanted) or titles.get(authentic) or next(iter(titles.values()), "")


def body_title(key: str) -> str:
    """A body by its present name; one that the assembly's file no longer has, by its key."""
    body = assembly.assembly().bodies.get(key)
    return title(body.titles) if body else key


def kind_title(key: str) -> str:
    """A kind of document by its name, as `body_title` does."""
    kind = assembly.assembly().kinds.get(key)
    return title(kind.titles) if kind else key


def declined(body: Body) -> str:
    """A body's name as it follows a role, empty where the present language does not decline it."""
    return body.of.get(language(), "")


def day(value: date | None, precision: str = "day") -> str:
    """A date in words, as far as it is known."""
    if value is None:
        return str(gettext("date not known"))
    form = {"day": "d MMM y", "month": "LLLL y", "year": "y"}[precision]
    return str(format_date(value, form))


def moment(value: datetime) -> str:
    """An instant on the assembly's clock, its zone named."""
    zone = assembly.zone()
    local = value.astimezone(ZoneInfo(zone))
    return f"{format_datetime(local, 'd MMM y, HH:mm', rebase=False)} ({city(zone)})"


def city(zone: str) -> str:
    """A time zone by its city."""
    return str(get_timezone_location(ZoneInfo(zone), locale=get_locale(), return_city=True))
