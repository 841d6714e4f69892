"""An opinion in a real browser: saved as it is typed, and the same by a button without scripts."""

from __future__ import annotations

import pytest

from tests.functional.test_road import visitor

pytestmark = pytest.mark.functional
EXPERT = "eab.expert2"
"""Of the sample people, one who has accepted a review."""


def test_what_is_typed_before_the_script_is_there_is_saved(browser, installation):
    with visitor(browser, installation, EXPERT, "en") as expert:
        page, held = expert.page, []

        def hold(route):
            held.append(route)

        page.route("**/opinion.js*", hold)
        expert.open("/desk")
        page.locator("a.btn[href^='/reviews/']").first.click()
        page.fill("textarea[name=text]", "Typed on a slow line.")
        while not held:
            page.wait_for_timeout(50)
        held[0].continue_()
        page.unroute("**/opinion.js*")
        page.locator("[data-status]", has_text="Saved at").wait_for(timeout=20_000)
        page.reload()
        assert page.input_value("textarea[name=text]") == "Typed on a slow line."


def test_an_opinion_is_saved_as_it_is_typed_and_by_a_button(browser, installation):
    with visitor(browser, installation, EXPERT, "en") as expert:
        expert.open("/desk")
        page = expert.page
        page.locator("a.btn[href^='/reviews/']").first.click()
        page.fill("textarea[name=text]", "Article 4 repeats Article 2.")
        page.locator("[data-status]", has_text="Saved at").wait_for(timeout=20_000)
        page.reload()
        assert page.input_value("textarea[name=text]") == "Article 4 repeats Article 2."
        address, cookies = page.url, page.context.cookies()
    plain = browser.new_context(java_script_enabled=False, locale="en")
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(address)
    page.fill("textarea[name=text]", "Article 4 repeats Article 2. Article 6 is new.")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.input_value("textarea[name=text]").endswith("Article 6 is new.")
    plain.close()
