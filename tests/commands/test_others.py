"""Procedures, reminders, mails, the audit, log-ins and tokens from the command line."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.road import propose
from tests.timeline.test_audit import tamper
from tracker import clock
from tracker.db import db, unit_of_work
from tracker.notices.models import Notice
from tracker.people.models import Account, Membership, Person, Token
from tracker.people.operations import token_hash
from workflows.loader import SHIPPED

PASSWORD = "a password long enough\n"


def test_procedures_are_listed_and_shown(bare):
    assert "model_law 3  Model law" in bare.said("procedure", "list")
    assert {item["key"] for item in json.loads(bare.said("procedure", "list", "--json"))} == {
        "model_law",
        "recommendations",
        "statement_assembly",
        "statement_council",
    }
    table = bare.said("procedure", "show", "model_law")
    assert "refer_to_commission" in table
    assert "eab_review -> commission" in table
    assert json.loads(bare.said("procedure", "show", "model_law", "--json"))["version"] == 3


def test_a_procedure_is_drawn(bare):
    assert bare.said("procedure", "diagram", "model_law").startswith("<svg ")
    drawn = bare.said(
        "procedure", "diagram", "model_law", "--format", "mermaid", "--language", "en"
    )
    assert drawn.startswith("stateDiagram-v2")


def test_files_are_checked_with_place_and_remedy(bare, tmp_path):
    folder = tmp_path / "assembly"
    shutil.copytree(SHIPPED / "csto_pa", folder)
    file = folder / "statement_council.yaml"
    assert bare.said("procedure", "check", str(folder), str(file)).count(": sound") == 2
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("guards: [council_decided", "guards: [moon_is_full"), "utf-8")
    result = bare("procedure", "check", str(file), str(folder / "model_law.yaml"))
    assert result.exit_code == 1
    line = 1 + text[: text.index("guards: [council_decided")].count("\n")
    assert f"statement_council.yaml:{line}: " in result.stdout
    assert "moon_is_full" in result.stdout
    assert "model_law.yaml: sound" in result.stdout
    found = json.loads(bare("procedure", "check", str(file), "--json").stdout)
    assert found[str(file)][0]["line"] == line
    missing = bare("procedure", "check", str(Path(folder) / "nothing.yaml"))
    assert missing.exit_code == 1
    assert "Check the name." in missing.stdout


def test_reminders_and_mails(shell, as_, tmp_path):
    propose(as_, clock.now())
    assert shell.said("duties", "sweep").startswith("duties ")
    assert json.loads(shell.said("duties", "sweep", "--json"))["more"] is False
    waiting = len(db.session.scalars(select(Notice.id).where(Notice.state == "queued")).all())
    assert waiting
    assert shell.said("notices", "relay") == f"sent {waiting}.\n"
    assert shell.said("notices", "relay") == "nothing to send.\n"
    assert len(list((tmp_path / "mail").glob("*.eml"))) == waiting
    assert shell.said("notices", "failed") == "0 in all.\n"


def test_what_will_be_reminded(shell, as_):
    reference = propose(as_, clock.now())
    said = shell.said("reminders", "forecast", "--days", "30")
    assert f"{reference}  " in said
    assert "secretariat@demo.example.org" in said
    found = json.loads(shell.said("reminders", "forecast", "--days", "30", "--json"))
    assert {item["act"] for item in found["items"]} == {reference}
    assert found["cut"] is False
    assert found["items"][0]["recipients"][0]["person"] == "secretariat@demo.example.org"
    assert shell.said("reminders", "forecast", "--days", "1").startswith("0 until ")
    shell.refused("reminders", "forecast", "--days", "0", status=2)


def test_a_mail_that_failed_is_seen_and_sent_again(shell, as_):
    propose(as_, clock.now())
    shell.said("notices", "relay")
    with unit_of_work() as session:
        failed = session.scalars(select(Notice.id).where(Notice.state == "sent")).first()
        session.execute(
            update(Notice)
            .where(Notice.id == failed)
            .values(state="failed", sent_at=None, error="550 no such box")
        )
    assert "550 no such box" in shell.said("notices", "failed")
    (item,) = json.loads(shell.said("notices", "failed", "--json"))["items"]
    assert item["id"] == str(failed)
    other = ("--as", "drafter@demo.example.org")
    assert "(not_permitted)" in shell.refused("notices", "resend", str(failed), *other)
    shell.said("notices", "resend", str(failed))
    assert shell.said("notices", "relay") == "sent 1.\n"
    assert "(not_stuck)" in shell.refused("notices", "resend", str(failed))
    assert "(no_such_notice)" in shell.refused("notices", "resend", "999999")


def test_the_audit_fails_where_something_was_changed(shell, as_, now):
    reference = propose(as_, now)
    assert shell.said("audit", "verify") == "1 acts, 1 entries: all as it was written.\n"
    tamper("UPDATE act SET state = 'adopted'")
    result = shell("audit", "verify")
    assert result.exit_code == 1
    assert f"{reference}: it differs from its last entry: state" in result.stdout
    assert "1 faults" in result.stdout
    result = shell("audit", "verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["reference"] == reference


def test_the_first_administrator_is_made_here(shell):
    who = ("New.Admin@example.org", "--name", "ru=Новый Админ", "--name", "en=New Admin")
    seat = ("--seat", "secretariat.administrator")
    assert "(password_short)" in shell.refused("account", "create", *who)
    shell.said("account", "create", *who, *seat, given=PASSWORD)
    person = db.session.scalars(select(Person).where(Person.email == "new.admin@example.org")).one()
    assert (person.names["en"], person.language) == ("New Admin", "ru")
    held = select(Membership.body_key, Membership.role).where(Membership.person_id == person.id)
    assert db.session.execute(held).all() == [("secretariat", "administrator")]
    account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one()
    assert account.password.startswith("$argon2")
    result = shell("account", "create", *who, given=PASSWORD)
    assert (result.exit_code, "(account_exists)" in result.stderr) == (1, True)


def test_a_token_is_printed_alone_and_revoked(shell):
    email = "drafter@demo.example.org"
    token = shell.said("token", "create", email, "--name", "CI")
    assert token.count("\n") == 1
    stored = select(Token.name, Token.revoked_at).where(Token.hash == token_hash(token.strip()))
    assert db.session.execute(stored).one() == ("CI", None)
    shell.said("token", "create", email)
    assert shell.said("token", "revoke", email, "--name", "CI") == "1 revoked.\n"
    assert "no such token" in shell.refused("token", "revoke", email, "--name", "CI")
    assert shell.said("token", "revoke", email) == "1 revoked.\n"
    assert "(no_such_account)" in shell.refused("token", "create", "nobody@example.org")


def test_a_disabled_log_in_has_no_tokens(shell):
    email = "drafter@demo.example.org"
    shell.said("token", "create", email)
    shell.said("account", "disable", email)
    assert db.session.scalars(select(Token.revoked_at)).one() is not None
    assert "(account_disabled)" in shell.refused("token", "create", email)


@pytest.mark.parametrize("seat", ["moon.walker", "eab.walker"])
def test_a_seat_is_one_of_the_assemblys(shell, seat):
    who = ("x@example.org", "--name", "ru=Икс", "--seat", seat)
    result = shell("account", "create", *who, given=PASSWORD)
    assert (result.exit_code, "(not_a_choice)" in result.stderr) == (1, True)
