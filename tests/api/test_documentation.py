"""The documentation says what there is, to machines and to people."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup

from tracker.api import documentation

CALLS = (
    "GET /acts",
    "POST /acts",
    "GET /acts/{reference}",
    "POST /acts/{reference}/actions/{name}",
    "POST /acts/{reference}/actions/{name}/preview",
    "POST /acts/bulk",
    "GET /acts/{reference}/timeline",
    "POST /acts/{reference}/editions",
    "GET /acts/{reference}/editions",
    "GET /acts/{reference}/editions/{number}",
    "GET /acts/{reference}/editions/{number}/files/{language}",
    "POST /acts/{reference}/reviews",
    "POST /reviews/{review}/accept",
    "POST /reviews/{review}/decline",
    "POST /reviews/{review}/opinion",
    "POST /acts/{reference}/ballots",
    "POST /acts/{reference}/decision",
    "GET /acts/{reference}/decision",
    "POST /acts/{reference}/visibility",
    "GET /me/duties",
    "GET /me/notices",
    "GET /notices",
    "POST /notices/{notice}/resend",
)


@pytest.fixture
def document(api):
    answer = api.get(None, "/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return json.loads(answer.text)


def test_every_call_of_the_contract_is_there(document):
    assert document["openapi"].startswith("3.1")
    found = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in document["paths"].items()
        for method in item
        if method in documentation.METHODS
    }
    assert set(CALLS) <= found


def test_every_call_says_what_it_may_answer(document):
    for path, item in document["paths"].items():
        for method, call in item.items():
            if method == "parameters":
                continue
            assert call["summary"], path
            assert {"401", "404", "422"} <= call["responses"].keys()
            if method == "post":
                assert {"400", "403", "409", "413", "415"} <= call["responses"].keys()
            assert "default" not in call["responses"]
    problem = document["components"]["responses"]["Problem409"]["content"]
    assert list(problem) == ["application/problem+json"]


def test_no_reference_leads_nowhere(document):
    for place in re.findall(r'"\$ref": "#/(\w+)/(\w+)/(\w+)"', json.dumps(document)):
        found = document
        for part in place:
            found = found[part]


def test_the_page_to_read(api, document):
    answer = api.get(None, "/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    page = BeautifulSoup(answer.text, "html.parser")
    titles = {heading.get_text(strip=True) for heading in page.select("h3")}
    for path, item in document["paths"].items():
        for method in item:
            if method != "parameters":
                assert f"{method.upper()} {path}" in titles
    for part in page.select("script[src], link[href], img[src]"):
        assert (part.get("src") or part.get("href")).startswith("/")
    assert not page.select("script:not([src]), style, [style], [onclick]")
    anchors = {link["href"][1:] for link in page.select('a[href^="#"]')}
    assert anchors <= {part["id"] for part in page.select("[id]")}
    russian = api.get(None, "/docs", headers={"Accept-Language": "ru"})
    assert russian.status_code == 200
