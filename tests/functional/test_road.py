"""One act from proposal to dispatch through all its users, in a real browser, in both languages,
each told by mail of what the one before did.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.functional.conftest import PASSWORD, Installation, Titles

pytestmark = pytest.mark.functional
PHONE = {"width": 375, "height": 720}
DESK = {"width": 1280, "height": 900}


class Visitor:
    """Somebody at a browser, logged in."""

    def __init__(self, page: Any, address: str, titles: Titles) -> None:
        self.page, self.address, self.titles = page, address, titles

    def open(self, path: str) -> None:
        answer = self.page.goto(self.address + path)
        assert answer.status == 200, (path, answer.status)

    def submit(self, selector: str = "main form[method=post] button[type=submit]") -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        fault = self.page.locator(".error-summary")
        assert fault.count() == 0, fault.first.inner_text()

    def step(self, reference: str, action: str, **fields: str) -> None:
        """Take a step as a person does: from the act's page, look at what it does, confirm."""
        self.open(f"/acts/{reference}")
        self.page.locator(f"a[href$='/actions/{action}']").first.click()
        for name, value in fields.items():
            control = self.page.locator(f"[name='{name}']")
            if control.first.get_attribute("type") == "radio":
                self.page.locator(f"[name='{name}'][value='{value}']").check()
            else:
                control.first.fill(value)
        if self.page.locator("main button[name=confirm]").count() == 0 or fields:
            self.submit("main button[name=look]")
        self.submit("main button[name=confirm]")
        assert self.titles.done(action) in self.page.content()


@contextmanager
def visitor(
    browser: Any, installation: Installation, login: str, language: str, size: dict[str, int] = DESK
) -> Iterator[Visitor]:
    context = browser.new_context(viewport=size, locale=language)
    context.add_cookies([{"name": "language", "value": language, "url": installation.address}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{installation.address}/log-in")
    page.fill("input[name=email]", f"{login}@demo.example.org")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()
    assert "/log-in" not in page.url
    yield Visitor(page, installation.address, Titles(language))
    assert not faults, faults
    context.close()


def link_in(text: str) -> str:
    """The first address of the installation that a mail gives, without the host."""
    found = next(word for word in text.split() if word.startswith("http"))
    return "/" + found.split("/", 3)[3].rstrip(".")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_act_walks_from_proposal_to_dispatch(browser, installation, language, tmp_path):
    reference = _propose(browser, installation, language)
    told = installation.mail("eab.secretary", reference)
    assert told.mail["Reply-To"]

    with visitor(browser, installation, "secretariat", language) as staff:
        staff.step(reference, "open_concept")
    with visitor(browser, installation, "eab.secretary", language) as board:
        board.step(reference, "approve_concept")
    installation.mail("drafter", reference)
    with visitor(browser, installation, "drafter", language) as drafter:
        _deliver(drafter, reference, tmp_path)
    with visitor(browser, installation, "eab.secretary", language) as board:
        board.step(reference, "submit_to_eab")
        _assign(board, reference)
    _review(browser, installation, reference, language)
    with visitor(browser, installation, "eab.secretary", language) as board:
        board.step(reference, "refer_to_commission", lead_body="defence")
    installation.mail("defence.secretary", reference)
    with visitor(browser, installation, "defence.secretary", language) as commission:
        commission.step(reference, "approve_in_commission")
    _approve_on_a_phone(browser, installation, reference, language)
    with visitor(browser, installation, "secretariat", language) as staff:
        staff.step(reference, "include_in_agenda", session="19")
        staff.step(reference, "adopt", session="19", serial={"ru": "7", "en": "8"}[language])
        staff.step(reference, "dispatch")
        staff.open(f"/acts/{reference}")
        assert staff.titles.state("dispatched") in staff.page.content()
    sent = installation.mail("parliament.kz", reference)
    assert sent.mail.get_body(("html",)) is not None
    installation.mail("eab.expert2", reference)


def _propose(browser: Any, installation: Installation, language: str) -> str:
    with visitor(browser, installation, "secretariat", language) as staff:
        staff.open("/acts/propose?kind=model_law")
        staff.page.fill("[name='titles-ru']", "О пробном деле")
        staff.page.fill("[name='titles-en']", "On a Trial Matter")
        staff.page.select_option("[name=initiator]", "parliament_kz")
        staff.submit("main form[method=post] button.btn-primary")
        return str(staff.page.url).split("/acts/")[1].split("?")[0].split("/")[0]


def _deliver(drafter: Visitor, reference: str, folder: Path) -> None:
    draft = folder / "проект.txt"
    draft.write_text("Статья 1. Предмет\nНастоящий закон — образец.", encoding="utf-8")
    drafter.open(f"/acts/{reference}/text")
    drafter.page.set_input_files("input[type=file]", draft)
    drafter.page.locator("main [name=language][value=ru]").check()
    drafter.page.locator("[name=part][value=text]").check()
    drafter.submit("main form[enctype] button[type=submit]")


def _assign(board: Visitor, reference: str) -> None:
    board.open(f"/acts/{reference}/reviews")
    choice = board.page.locator(
        "main label", has_text={"ru": "Знаткин", "en": "Znatkin"}[board.titles.language]
    )
    choice.first.click()
    board.submit("main form[action$='/reviews'] button[type=submit]")


def _review(browser: Any, installation: Installation, reference: str, language: str) -> None:
    """The expert follows the link of the mail, accepts, writes, looks, sends."""
    asked = installation.mail("eab.expert2", reference)
    with visitor(browser, installation, "eab.expert2", language) as expert:
        expert.open(link_in(asked.body()))
        expert.submit("main form[action$='/accept'] button[type=submit]")
        expert.page.locator("[name=recommendation][value=approve]").check()
        expert.page.fill("[name=text]", "Замечаний нет.")
        expert.page.locator("[name=interest][value=no]").check()
        expert.submit("main form.opinion-form button.btn-primary")
        expert.submit("main form[action$='/opinion'] button.btn-primary")


def _approve_on_a_phone(
    browser: Any, installation: Installation, reference: str, language: str
) -> None:
    installation.mail("council.kg", reference)
    with visitor(browser, installation, "council.kg", language, PHONE) as member:
        member.open(f"/acts/{reference}/position")
        width = member.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], width
        member.page.locator("a[href$='/position/yes']").click()
        member.submit("main form[method=post] button[type=submit]")
        assert f"/acts/{reference}" in member.page.url
