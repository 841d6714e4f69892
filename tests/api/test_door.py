"""Who gets in, and how errors look: problem details under /api/, and nowhere else."""

from __future__ import annotations

import io
import logging

import pytest
from sqlalchemy import update

from tests.api.conftest import codes, on_both, problem
from tests.conftest import NOW
from tests.road import bring_to
from tracker.commands.context import operator
from tracker.db import unit_of_work
from tracker.people.models import Person, Token
from tracker.people.operations import create_token, disable_account, revoke_token

SECRETARIAT = "secretariat@demo.example.org"


@pytest.fixture
def admin(app):
    return operator("manage_accounts")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "token_missing"),
        ({"Authorization": "Basic c2VjcmV0YXJpYXQ6eA=="}, "token_missing"),
        ({"Authorization": "Bearer"}, "token_missing"),
        ({"Authorization": "Bearer nonsense"}, "token_invalid"),
        ({"Authorization": "Bearer \u00e4"}, "token_invalid"),
    ],
)
def test_nobody_gets_in_without_a_token(api, header, code):
    for path in ("/acts", "/acts/MA-2026-001", "/me/duties", "/nowhere"):
        answer = api.get(None, path, headers=header)
        assert codes(problem(answer, 401, "unauthorized")) == [(code, None)]
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    problem(api.post(None, "/acts", {}, headers=header), 401, "unauthorized")


@on_both
def test_a_token_is_kept_as_its_hash_and_can_be_ended(api, app, admin):
    assert api.get("secretariat", "/acts").status_code == 200
    with unit_of_work() as session:
        stored = session.query(Token).one()
        assert api.token("secretariat") not in (stored.hash, stored.name)
        assert len(stored.hash) == 64
    assert revoke_token(SECRETARIAT, actor=admin, now=NOW) == 1
    problem(api.get("secretariat", "/acts"), 401, "unauthorized")


def test_tokens_are_ended_by_name(api, admin):
    create_token(SECRETARIAT, "scripts", actor=admin, now=NOW)
    api.token("secretariat")
    assert revoke_token(SECRETARIAT, "scripts", actor=admin, now=NOW) == 1
    assert api.get("secretariat", "/acts").status_code == 200


def test_a_disabled_account_or_person_is_out(api, admin):
    assert api.get("secretariat", "/acts").status_code == 200
    disable_account(SECRETARIAT, actor=admin, now=NOW)
    problem(api.get("secretariat", "/acts"), 401, "unauthorized")
    assert api.get("drafter", "/acts").status_code == 200
    with unit_of_work() as session:
        drafter = Person.email == "drafter@demo.example.org"
        session.execute(update(Person).where(drafter).values(active=False))
    problem(api.get("drafter", "/acts"), 401, "unauthorized")


def test_a_session_of_the_pages_opens_nothing(api, app):
    from flask_security import login_user

    from tracker.people.models import Account

    client = app.test_client()
    with app.test_request_context():
        account = app.extensions["sqlalchemy"].session.query(Account).first()
    with client.session_transaction() as session:
        session["_user_id"] = account.fs_uniquifier
        session["_fresh"] = True
    assert login_user is not None
    with app.app_context():
        answer = client.get("/api/v1/acts")
    problem(answer, 401, "unauthorized")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/acts/", 404, "not_found"),
        ("GET", "//acts", 404, "not_found"),
        ("GET", "/acts/a%00b", 404, "not_found"),
        ("GET", "/acts/MA_2026", 404, "not_found"),
        ("DELETE", "/acts", 405, "method_not_allowed"),
        ("PUT", "/acts/MA-2026-001", 405, "method_not_allowed"),
        ("GET", "/acts/MA-2026-001/actions/adopt", 405, "method_not_allowed"),
        ("POST", "/reviews/999/accept", 404, "not_found"),
        ("POST", "/reviews/x/accept", 404, "not_found"),
        ("POST", "/reviews/99999999999999999999/accept", 404, "not_found"),
        ("GET", "/acts/MA-2026-001/editions/99999999999", 404, "not_found"),
    ],
)
def test_what_is_not_there(api, method, path, status, code):
    answer = api.call(method, "secretariat", path)
    problem(answer, status, code)
    if status == 405:
        assert answer.headers["Allow"]


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"\xff", b'{"a": 1' + b"0" * 9000 + b"}"])
def test_a_body_that_is_no_json(api, body):
    answer = api.post("secretariat", "/acts", data=body, content_type="application/json")
    problem(answer, 400, "bad_request")


def test_a_body_of_another_shape_or_type(api):
    answer = api.post("secretariat", "/acts", [1])
    assert codes(problem(answer, 422, "invalid"))[0] == ("not_an_object", None)
    form = api.post("secretariat", "/acts", data={"kind": "model_law"})
    problem(form, 415, "unsupported_media_type")


def test_broken_characters_in_a_name_are_answered(api):
    answer = api.post("secretariat", "/acts", {"\ud800": 1})
    assert ("unknown_field", "?") in codes(problem(answer, 422, "invalid"))


def test_a_large_body_is_refused_by_its_length(api):
    answer = api.post(
        "secretariat", "/acts", data=b"x" * (1024 * 1024 + 1), content_type="application/json"
    )
    problem(answer, 413, "too_large")


def test_our_own_fault_is_logged_and_not_shown(api, monkeypatch, caplog):
    from tracker.api import acts

    monkeypatch.setattr(acts, "act_list", lambda *_, **__: 1 / 0)
    with caplog.at_level(logging.ERROR):
        body = problem(api.get("secretariat", "/acts"), 500, "internal_error")
    assert "ZeroDivision" not in str(body)
    assert "ZeroDivisionError" in caplog.text


def test_pages_keep_their_own_errors(api, app):
    client = app.test_client()
    with app.app_context():
        answer = client.get("/nowhere")
    assert answer.status_code in (404, 303)
    assert answer.mimetype == "text/html"


class Endless(io.RawIOBase):
    """A body as large as asked for that nobody keeps in memory."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.left, self.read_bytes = head, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        size = min(len(buffer), self.left)
        chunk = self.head[:size] if self.head else b"x" * size
        self.head = self.head[len(chunk) :]
        buffer[: len(chunk)] = chunk
        self.left -= len(chunk)
        self.read_bytes += len(chunk)
        return len(chunk)


@pytest.mark.parametrize("told", [True, False])
def test_an_upload_of_200_megabytes_is_refused_unread(api, app, as_, now, tmp_path, told):
    reference = bring_to("drafting", as_, now, tmp_path)
    head = (
        b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="draft.txt"\r\n\r\n'
    )
    body = Endless(head, 200 * 1024 * 1024)
    size = {"CONTENT_LENGTH": str(body.left)} if told else {"wsgi.input_terminated": True}
    answer = api.post(
        "drafter",
        f"/acts/{reference}/editions",
        environ_overrides={
            "wsgi.input": io.BufferedReader(body),
            "CONTENT_TYPE": "multipart/form-data; boundary=frontier",
            **size,
        },
    )
    fault = problem(answer, 413, "too_large")
    assert codes(fault) == [("body_too_large", "file")]
    assert body.read_bytes < 60 * 1024 * 1024
    assert body.read_bytes == 0 or not told
