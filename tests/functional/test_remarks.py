"""Remarks from two experts to the edition that carries them, by all who work on them: the experts,
the secretary of the Board, the commission's secretary, the drafter. Both languages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.functional.conftest import Installation, wait_for
from tests.functional.test_road import PHONE, Visitor, _propose, link_in, visitor

pytestmark = pytest.mark.functional
FIRST = """# О пробном деле

Статья 1. Предмет

Настоящий закон определяет порядок пробного дела.

Статья 2. Понятия

Пробное дело — всякое дело.
"""
WORDING = "Пробное дело — дело, которое ведётся ради образца."
SECOND = FIRST.replace("Пробное дело — всякое дело.", WORDING)
EXPERTS = {"eab.expert1": ("ru", "Expertova"), "eab.expert2": ("en", "Znatkin")}
SAME = {"place": "Статья 2", "kind": "legal", "text": "Понятие слишком широко."}
REMARKS: dict[str, list[dict[str, str]]] = {
    "eab.expert1": [
        {**SAME, "wording": WORDING},
        {"place": "Статья 1", "kind": "editorial", "text": "Назвать цель закона."},
    ],
    "eab.expert2": [SAME],
}


def test_an_accepted_wording_is_seen_in_the_comparison(browser, installation, tmp_path):
    reference = _propose(browser, installation, "ru")
    with visitor(browser, installation, "secretariat", "ru") as staff:
        staff.step(reference, "start_drafting", reason="Концепция не нужна")
    with visitor(browser, installation, "drafter", "ru") as drafter:
        _deliver(drafter, reference, tmp_path, FIRST)
    with visitor(browser, installation, "eab.secretary", "en") as board:
        board.step(reference, "submit_to_eab")
        for _language, name in EXPERTS.values():
            _assign(board, reference, name)
    reviews = {login: _review(browser, installation, reference, login) for login in EXPERTS}
    with visitor(browser, installation, "eab.secretary", "en") as board:
        board.open(f"/acts/{reference}/remarks")
        assert board.page.locator("table.remarks tbody tr").count() == 3
        board.step(reference, "refer_to_commission", lead_body="defence")
    _compile(browser, installation, reference)
    with visitor(browser, installation, "drafter", "en") as drafter:
        _answer(drafter, reference)
        _deliver(drafter, reference, tmp_path, SECOND)
    _confirm(browser, installation, reference)
    for login, said in (
        ("eab.expert1", "Вошло в текст: 1. Всего ваших замечаний: 2"),
        ("eab.expert2", "1 of your 1 remark entered"),
    ):  # fmt: skip
        with visitor(browser, installation, login, EXPERTS[login][0], PHONE) as expert:
            expert.open(reviews[login])
            assert said in expert.page.inner_text("main")
            _fits(expert)


def _fits(reader: Visitor) -> None:
    width = reader.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], width


def _deliver(drafter: Visitor, reference: str, folder: Path, text: str) -> None:
    draft = folder / "проект.md"
    draft.write_text(text, encoding="utf-8")
    drafter.open(f"/acts/{reference}/text")
    drafter.page.set_input_files("input[type=file]", draft)
    drafter.page.locator("main [name=language][value=ru]").check()
    drafter.page.locator("[name=part][value=text]").check()
    drafter.submit("main form[enctype] button[type=submit]")
    number = 1 if text == FIRST else 2
    address = f"{drafter.address}/acts/{reference}/text/{number}/ru"

    def read() -> bool:
        drafter.page.goto(address)
        return drafter.page.locator("#art_2").count() == 1

    wait_for(read, f"edition {number} read")


def _assign(board: Visitor, reference: str, name: str) -> None:
    board.open(f"/acts/{reference}/reviews")
    board.page.locator("main .expert label", has_text=name).first.click()
    board.submit("main form[action$='/reviews'] button[type=submit]")


def _review(browser: Any, installation: Installation, reference: str, login: str) -> str:
    """Follow the link of the mail, accept, write remarks row by row, look, send; returns the
    review's own page, which stays when the link has ended with the round.
    """
    asked = installation.mail(login, reference)
    with visitor(browser, installation, login, EXPERTS[login][0]) as expert:
        expert.open(link_in(asked.body()))
        expert.submit("main form[action$='/accept'] button[type=submit]")
        page = expert.page
        for number, remark in enumerate(REMARKS[login]):
            for field, value in remark.items():
                control = page.locator(f"[name='remarks-{number}-{field}']")
                if field == "kind":
                    control.select_option(value)
                else:
                    control.fill(value)
            expert.submit("main button[name=add]")
        page.locator("[name=interest][value=no]").check()
        page.locator("[name=recommendation][value=approve_with_remarks]").check()
        page.fill("[name=text]", "Проект одобрить с замечаниями.")
        expert.submit("main form.opinion-form .buttons button.btn-primary")
        expert.submit("main form[action$='/opinion'] button.btn-primary")
        return f"/reviews/{link_in(asked.body()).split('/')[-1].split('-')[0]}"


def _choose(reader: Visitor, reference: str, deal: str, *texts: str) -> None:
    """Tick the remarks with these words in the table and press one of its buttons."""
    reader.open(f"/acts/{reference}/remarks?sort=number")
    for text in texts:
        rows = reader.page.locator("table.remarks tbody tr", has_text=text)
        for row in rows.all():
            row.locator("input[type=checkbox]").check()
    reader.submit(f"#choose button[value={deal}]")


def _compile(browser: Any, installation: Installation, reference: str) -> None:
    """The commission's secretary merges equal remarks and says who answers."""
    with visitor(browser, installation, "defence.secretary", "ru") as commission:
        _choose(commission, reference, "merge", SAME["text"])
        commission.submit()
        _choose(commission, reference, "assign", SAME["text"], "Назвать цель")
        drafter = commission.page.locator("[name=person] option", has_text="Разработчикова")
        commission.page.select_option("[name=person]", drafter.first.get_attribute("value"))
        commission.submit()
        assert SAME["text"] in commission.page.content()
        commission.step(reference, "ask_revision", reason="Учесть замечания экспертов")


def _answer(drafter: Visitor, reference: str) -> None:
    for text, response, reason in (
        (SAME["text"], "accepted", ""), ("Назвать цель", "not_accepted", "The title says it.")
    ):  # fmt: skip
        drafter.open(f"/acts/{reference}/remarks?sort=number")
        row = drafter.page.locator("table.remarks tbody tr", has_text=text).first
        row.locator("th a").click()
        drafter.page.locator(f"[name=response][value={response}]").check()
        drafter.page.fill("[name=reason]", reason)
        drafter.submit("main form[action$='/answer'] button")


def _confirm(browser: Any, installation: Installation, reference: str) -> None:
    """The answers are confirmed, then the edition that carries the wording, then it is compared."""
    with visitor(browser, installation, "defence.secretary", "ru") as commission:
        _choose(commission, reference, "confirm", WORDING, "Назвать цель")
        commission.submit()
        commission.open(f"/acts/{reference}/remarks/carried")
        assert commission.page.locator("main input[type=checkbox]:checked").count() == 1
        commission.submit("main form button.btn-primary")
        commission.submit()
        commission.open(f"/acts/{reference}/remarks?sort=number")
        commission.page.locator("table.remarks tbody tr th a").first.click()
        commission.page.locator("main a[href*='/compare']").first.click()
        commission.page.wait_for_load_state()
        inserted = commission.page.locator("main ins")
        assert any("ради образца" in text for text in inserted.all_inner_texts())
