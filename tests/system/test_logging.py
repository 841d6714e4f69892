"""Logs: one id from the request to the task it woke, and nothing personal in any line."""

from __future__ import annotations

import io
import json
import logging
import re
import smtplib

import pytest
import structlog
from celery.contrib.testing.worker import start_worker
from sqlalchemy import insert, update

from tests.notices.outgoing import notice, use_sink, wait_for_sending
from tests.road import bring_to
from tests.system.test_celery import wait_until
from tracker import clock
from tracker.acts.operations import advance
from tracker.celery import Kicker
from tracker.db import db, unit_of_work
from tracker.logging import HANDLER, REQUEST_ID, bind_request_id, configure_logging
from tracker.notices.models import Notice
from tracker.people.access import public
from tracker.people.models import Person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def lines(app):
    """`lines()` is what production would have logged since the last call."""
    configure_logging("production")
    stream = io.StringIO()
    for handler in logging.getLogger().handlers:
        if handler.get_name() == HANDLER:
            handler.setStream(stream)

    def read() -> list[str]:
        said = stream.getvalue().splitlines()
        stream.truncate(0)
        stream.seek(0)
        return said

    yield read
    configure_logging("test")


@pytest.fixture
def route(app):
    """Add a page for a test."""

    def add(rule: str, view) -> None:
        app.view_functions[rule] = public(view)
        app.url_map._remap = True
        app.url_map.add(app.url_rule_class(rule, endpoint=rule, methods=["GET", "POST"]))

    return add


@pytest.mark.parametrize("given", ["a1b2c3d4", "0f8fad5b-d9cb-469f-a165-70867728950e", "a" * 64])
def test_an_id_that_comes_with_a_request_is_kept(app, given):
    answer = app.test_client().get("/healthz", headers={REQUEST_ID: given})
    assert answer.headers[REQUEST_ID] == given


@pytest.mark.parametrize(
    "given", [None, "", "short", "a" * 65, "two words", "a1b2c3d4;x", "ёжик-ёжик"]
)
def test_any_other_request_gets_an_id_of_its_own(app, given):
    headers = {} if given is None else {REQUEST_ID: given.encode().decode("latin-1")}
    ids = [app.test_client().get("/nowhere", headers=headers).headers[REQUEST_ID] for _ in "12"]
    assert all(NEW.fullmatch(each) for each in ids)
    assert ids[0] != ids[1]


def test_the_lines_of_a_request_carry_its_id_and_those_after_it_do_not(app, lines, route):
    def view():
        logging.getLogger("anything").warning("from the library")
        structlog.get_logger("tracker").warning("from us")
        raise RuntimeError("boom")

    route("/failing", view)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client().get("/failing", headers={REQUEST_ID: "request-1"})
    said = [json.loads(line) for line in lines()]
    assert [line["event"] for line in said[:2]] == ["from the library", "from us"]
    assert {line["request_id"] for line in said} == {"request-1"}
    assert any("RuntimeError: boom" in line.get("exception", "") for line in said)
    assert (said[-1]["event"], said[-1]["rule"], said[-1]["status"]) == ("request", "/failing", 500)
    app.test_client().get("/healthz")
    assert lines() == []


def test_a_task_carries_the_id_of_the_request_that_woke_it(app):
    seen: list[dict[str, object]] = []
    celery = app.extensions["celery"]
    options = {"polling_interval": 0.01}
    celery.conf.update(broker_url="memory://", broker_transport_options=options)

    @celery.task(name="probe", shared=False)
    def probe() -> None:
        seen.append(structlog.contextvars.get_contextvars())

    kicker = Kicker(lambda _task: celery.send_task("probe"))
    bind_request_id("request-2")
    with start_worker(celery, pool="solo", perform_ping_check=False, shutdown_timeout=10):
        kicker.kick()
        wait_until(lambda: len(seen) == 1)
        structlog.contextvars.clear_contextvars()
        kicker.kick()
        wait_until(lambda: len(seen) == 2)
    kicker.stop()
    assert [line.get("request_id") for line in seen] == ["request-2", None]
    assert all(line["task"] == "probe" and line["task_id"] for line in seen)


def personal(text: str) -> list[str]:
    """Addresses, and names or passwords of the sample people, that stand in a text."""
    names = [
        word
        for person in db.session.execute(db.select(Person.names)).scalars()
        for name in person.values()
        for word in name.split()
        if len(word) > 3
    ]
    return [word for word in [*names, "example.org", "@demo", "hunter2"] if word in text]


def test_a_failed_log_in_leaves_no_address_and_no_password(app, lines, browser, with_password):
    for address in (with_password("eab.secretary"), "nobody@demo.example.org"):
        data = {"email": address, "password": "hunter2 hunter2"}
        assert browser.send("/log-in", data).status_code == 422
    said = "\n".join(lines())
    assert '"status": 422' in said
    assert personal(said) == []


def test_a_refused_step_leaves_no_name(app, lines, route, as_, now, tmp_path):
    reference = bring_to("eab_review", as_, now, tmp_path)

    def view():
        advance(reference, "refer_to_commission", actor=as_("eab.secretary"), now=clock.now())

    route("/step", view)
    answer = app.test_client().get("/step")
    assert answer.status_code in (409, 422)
    said = "\n".join(lines())
    assert personal(said) == []


@pytest.mark.parametrize("failure", ["refused", "away", "unwritable"])
def test_a_mail_that_fails_leaves_no_address_and_no_name(app, lines, sink, failure):
    use_sink(sink.url)
    (number,) = wait_for_sending(1, clock.now())
    if failure == "refused":
        sink.at_recipient.append("550 5.1.1 <eab.secretary@demo.example.org> unknown")
    elif failure == "away":
        sink.stop()
    else:
        with unit_of_work() as session:
            session.execute(update(Notice).values(facts={}))
    app.extensions["celery"].tasks["notices.relay"]()
    said = "\n".join(lines())
    db.session.close()  # to see what the task wrote
    assert notice(number).error
    assert personal(said) == []


def test_what_a_database_refuses_is_logged_without_its_values(app, lines, route, now):
    def view():
        with unit_of_work() as session:
            values = {"names": {"en": "Ivan Ivanov"}, "email": "i@demo.example.org"}
            row = {**values, "language": "en", "created_at": now}
            session.execute(insert(Person), [row])
            session.execute(insert(Person), [row])

    route("/twice", view)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get("/twice").status_code == 500
    said = "\n".join(lines())
    assert "IntegrityError: INSERT INTO person" in said
    assert "person.email" in said or "uq_person_email" in said
    assert "Ivan" not in said
    assert "i@demo" not in said


def test_a_task_that_fails_keeps_its_secrets(lines):
    refused = {"ivan@demo.example.org": (550, b"no such user")}
    try:
        try:
            raise smtplib.SMTPRecipientsRefused(refused)
        except smtplib.SMTPException as error:
            raise RuntimeError("mail for <ivan@demo.example.org> failed") from error
    except RuntimeError:
        logging.getLogger("celery.app.trace").exception("task failed for ivan@demo.example.org")
    said = "\n".join(lines())
    assert "RuntimeError: mail for <[address]> failed" in said
    assert "which led to" in said
    assert "ivan" not in said
