"""Pages in Russian hold no English: not a label, not a hint, not an error."""

from __future__ import annotations

import re

import pytest

from tests.pages.conftest import PASSWORD, Browser

NOT_WORDS = re.compile(r"MA-\d{4}-\d+|[\w.]+@[\w.]+|\b[\w.]+\.(?:md|txt)\b|[0-9a-f]{16}")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
SAID = ("aria-label", "title", "placeholder", "alt", "data-counts")


def english(browser: Browser) -> list[str]:
    """What a page says in Latin letters, beside addresses, references and names of languages."""
    page = browser.last
    assert page.html["lang"] == "ru"
    for other in page.select("[lang=en], .languages, code, style, script"):
        other.decompose()
    texts = [page.get_text(" ")]
    texts += [tag[name] for name in SAID for tag in page.find_all(attrs={name: True})]
    found = [NOT_WORDS.sub("", text.replace("English", "")) for text in texts]
    return [word for text in found for word in ENGLISH.findall(text)]


def errors(browser: Browser) -> str:
    assert english(browser) == []
    return browser.last.select_one(".error-summary").get_text(" ", strip=True)


@pytest.fixture
def stranger(browser: Browser) -> Browser:
    browser.set_cookie("language", "ru")
    return browser


def test_log_in_answers_in_russian(stranger, with_password):
    email = with_password("eab.secretary")
    stranger.get("/log-in")
    assert english(stranger) == []
    stranger.send("/log-in", {"email": "", "password": ""})
    assert "Введите адрес электронной почты. Введите пароль." in errors(stranger)
    stranger.send("/log-in", {"email": email, "password": "wrong"})
    assert "Адрес и пароль не подходят друг к другу." in errors(stranger)
    for _ in range(10):
        stranger.send("/log-in", {"email": email, "password": "wrong"})
    assert "Повторите после 24 нояб. 2026, " in errors(stranger)
    assert "(Москва)" in stranger.text


def test_a_new_password_is_answered_in_russian(enter, with_password):
    with_password("eab.secretary")
    browser = enter("eab.secretary", "ru")

    def change(old: str, new: str, again: str) -> str:
        browser.send("/account/password", {"old": old, "password": new, "again": again})
        return errors(browser)

    assert "Введите нынешний пароль. Введите новый пароль." in change("", "", "")
    assert "Новые пароли не совпадают." in change(PASSWORD, "двенадцать знаков", "другое")
    assert "Это не ваш нынешний пароль." in change(
        "wrong", "двенадцать знаков", "двенадцать знаков"
    )
    assert "знаков не менее: 12" in change(PASSWORD, "коротко", "коротко")


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("secretariat", "/"),
        ("secretariat", "/acts"),
        ("secretariat", "/acts?q=нет"),
        ("secretariat", "/acts/board"),
        ("secretariat", "/acts/{act}"),
        ("secretariat", "/acts/{act}/timeline"),
        ("secretariat", "/acts/{act}/visibility"),
        ("secretariat", "/acts/{act}/actions/include_in_agenda"),
        ("secretariat", "/acts/{act}/actions/retitle"),
        ("secretariat", "/acts/propose?kind=model_law"),
        ("secretariat", "/acts/admit?kind=model_law"),
        ("secretariat", "/account"),
        ("secretariat", "/nowhere"),
        ("council.by", "/"),
        ("council.by", "/acts/{act}"),
        ("defence.secretary", "/acts/{act}/correct"),
        ("drafter", "/acts/{act}/correct"),
    ],
)
def test_pages_are_russian_throughout(enter, road, login, path):
    act = road("council")
    browser = enter(login, "ru")
    browser.get(path.format(act=act), follow_redirects=True)
    assert english(browser) == []
    assert re.search("[а-яё]", browser.text)


def test_what_is_wrong_with_a_step_is_said_in_russian(enter, road):
    act = road("council")
    browser = enter("secretariat", "ru")
    browser.get(f"/acts/{act}/actions/adopt")
    assert english(browser) == []
    browser.send("/acts/propose?kind=model_law", {"decided_on-year": "3000"})
    assert english(browser) == []
