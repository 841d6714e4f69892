"""What every page keeps to: nothing inline, one heading, its own ids, a name for every control."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from tests.pages.test_ground import INLINE
from tracker.acts.operations import set_visibility
from tracker.remarks.operations import GivenRemark, enter_remark
from tracker.reviews.operations import accept_review, assign_review, save_opinion

PAGES = {
    "secretariat": (
        "/inbox", "/notices?show=all", "/bodies", "/bodies/council", "/people", "/people/new",
        "/people/5", "/people/5/edit", "/calendars", "/calendars/assembly", "/procedures",
        "/reminders?days=31", "/duties/1", "/duties/1/extend", "/acts/{council}/remind/position",
        "/calendars/assembly/dates",
        "/procedures/model_law/3", "/permissions", "/public", "/public/{council}",
        "/acts/{council}/text", "/acts/{council}/reviews", "/acts/{council}/decision",
        "/acts/{council}/decision/sitting", "/acts/{council}/decision/position",
        "/acts/{council}/notices", "/acts/{drafting}/text",
        "/acts/{council}/text/1/ru", "/acts/{council}/text/1/ru?q=проба",
        "/acts/{council}/text/compare",
        "/acts/{council}/remarks", "/acts/{council}/remarks?group=author&state=unanswered",
        "/remarks/{remark}", "/acts/{council}/remarks/enter", "/acts/{council}/remarks/import",
        "/acts/{council}/remarks/equal", "/acts/{council}/remarks/carried",
        "/acts/{council}/remarks/chosen?do=answer&remark={remark}:1",
        "/acts/{council}/remarks/chosen?do=assign&remark={remark}:1",
        "/acts/{council}/remarks/chosen?do=carry&remark={remark}:1",
        "/acts/{council}/remarks/chosen?do=merge&remark={remark}:1&remark={other}:1",
    ),
    "eab.secretary": (
        "/me/settings", "/bodies/defence", "/acts/{eab}/actions/postpone", "/acts/{eab}",
        "/acts/{eab}/reviews", "/reviews/{review}/cancel",
    ),
    "eab.expert3": ("/reviews/{review}", "/reviews/{review}/look"),
    "council.ru": ("/acts/{council}/position", "/acts/{council}/position/no"),
    "admin": ("/people/5",),
}  # fmt: skip


@pytest.fixture
def places(road, as_, now):
    """What the addresses of pages are filled with."""
    council, eab = road("council"), road("eab_review", serial="7")
    set_visibility(council, "public", actor=as_("secretariat"), now=now)
    review = assign_review(eab, "eab.expert3@demo.example.org", actor=as_("eab.secretary"), now=now)
    accept_review(review, actor=as_("eab.expert3"), now=now)
    save_opinion(review, "approve", "Fine.", actor=as_("eab.expert3"), now=now)
    remark, other = (
        enter_remark(
            council,
            GivenRemark(text="Уточнить", wording="Иначе", author_body=body, place="Статья 1"),
            actor=as_("secretariat"),
            now=now,
        )
        for body in ("parliament_kz", "legal_centre")
    )
    return {
        "council": council,
        "eab": eab,
        "review": review,
        "drafting": road("drafting"),
        "remark": remark,
        "other": other,
    }


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_is_well_made_in_both_languages(enter, places, language):
    for login, pages in PAGES.items():
        client = enter(login, language)
        for page in pages:
            answer = client.get(page.format(**places))
            assert answer.status_code == 200, page
            _check(client.last, answer.text, language, page)


def _check(soup, text, language, page):
    assert INLINE.search(text) is None, page
    assert soup.html["lang"] == language, page
    assert len(soup.select("h1")) == 1, page
    assert soup.title.get_text().strip(" ·"), page
    levels = [int(each.name[1]) for each in soup.main.select("h1, h2, h3, h4")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), page
    twice = [key for key, n in Counter(each["id"] for each in soup.select("[id]")).items() if n > 1]
    assert twice == [], page
    for control in soup.select("input:not([type=hidden]), select, textarea:not([hidden])"):
        label = soup.select_one(f'label[for="{control.get("id")}"]')
        assert label is not None or control.get("aria-label"), (page, control)
    for name in soup.select("[aria-labelledby], [aria-describedby]"):
        for key in (name.get("aria-labelledby") or name.get("aria-describedby")).split():
            assert soup.find(id=key) is not None, (page, key)
    for link in soup.select('a[href^="#"]'):
        assert soup.find(id=link["href"][1:]) is not None, (page, link["href"])
    for form in soup.select('form[method="post"]'):
        assert form.select_one("input[name=csrf_token]") is not None, page
    for button in soup.select("button, a"):
        assert button.get_text(strip=True) or button.get("aria-label"), (page, button)
