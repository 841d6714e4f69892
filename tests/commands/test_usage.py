"""Every command explains itself, and fails with one line and the right status."""

import subprocess
import sys

import click
import pytest

from tracker.cli import COMMANDS, cli


def every_command(command, words=()):
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name), (*words, name))


@pytest.mark.parametrize("words", list(every_command(cli)), ids=" ".join)
def test_every_command_has_help(bare, words):
    help_ = bare.said(*words, "--help")
    assert help_.startswith("Usage: ")
    assert len(help_.splitlines()) > 4


def test_the_contracts_commands_exist():
    expected = """
        up | db upgrade | sync | act list | act show | act advance | act admit | procedure list
        procedure show | procedure check | procedure diagram | duties sweep | notices relay
        notices failed | notices resend | audit verify | account create | account disable
        token create | token revoke | demo load | reminders forecast
    """
    wanted = {" ".join(item.split()) for item in expected.replace("\n", "|").split("|")} - {""}
    found = {" ".join(words) for words in every_command(cli)}
    assert wanted <= found


def test_help_needs_neither_application_nor_database():
    program = (
        "import sys\nfrom tracker.cli import cli\ncli.main(['--help'], standalone_mode=False)\n"
        "assert not {'flask', 'sqlalchemy', 'celery'} & set(sys.modules), sys.modules.keys()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env={}
    )
    assert done.returncode == 0, done.stderr
    assert all(line in done.stdout for _, line in COMMANDS.values())


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("act", "fly"),
        ("act", "advance", "MA-2026-001"),
        ("act", "advance", "MA-2026-001", "reject"),
        ("procedure", "show", "nothing"),
        ("procedure", "diagram", "model_law", "--language", "fr"),
        ("account", "create", "x@example.org", "--name", "Anna"),
        ("notices", "resend", "many"),
    ],
)
def test_wrong_usage_is_status_2(bare, words):
    assert "Usage: " in bare.refused(*words, status=2)


def test_an_unprepared_database_says_what_to_do(bare):
    for words in (("act", "list"), ("audit", "verify"), ("sync",), ("duties", "sweep")):
        said = bare.refused(*words)
        assert said.startswith("Error: the database says: no such table")
        assert "tracker db upgrade" in said
        assert said.count("\n") == 1


def test_a_database_that_is_not_there(tmp_path, bare):
    bare.env["TRACKER_DATABASE_URL"] = "postgresql://nobody:secret@127.0.0.1:1/nothing"
    said = bare.refused("sync")
    assert said.startswith("Error: the database says:")
    assert "secret" not in said
    assert "upgrade" not in said


@pytest.mark.parametrize("words", [("up",), ("sync",), ("procedure", "list")])
def test_bad_settings_are_one_line(bare, words):
    bare.env["TRACKER_ENV"] = "sideways"
    assert bare.refused(*words).startswith("Error: TRACKER_ENV is 'sideways'.")


def test_preparing_twice_is_preparing_once(bare):
    bare.env["TRACKER_ENV"] = "demo"
    assert bare.said("db", "upgrade") == bare.said("db", "upgrade")
    assert "Stored model_law 3." in bare.said("sync")
    assert "stored already" in bare.said("sync")
    assert "sample acts" in bare.said("demo", "load")
    assert "(not_empty)" in bare.refused("demo", "load")


def test_everything_before_the_start_at_once(bare):
    bare.env["TRACKER_ENV"] = "demo"
    said = bare.said("db", "prepare")
    assert "http://127.0.0.1:8000" in said
    assert "sample-acts-only" in said
    assert bare.said("db", "prepare") == said


def test_samples_stay_out_of_production(bare):
    bare.env["TRACKER_ENV"] = "production"
    bare.said("db", "upgrade")
    bare.said("sync")
    assert "(no_samples_here)" in bare.refused("demo", "load")


def test_as_a_process_it_exits_with_the_status(tmp_path):
    def run(*words, **env):
        return subprocess.run(
            [sys.executable, "-m", "tracker.cli", *words],
            capture_output=True,
            text=True,
            check=False,
            env={"TRACKER_ENV": "test", "TRACKER_DATA_DIR": str(tmp_path), **env},
        )

    assert run("procedure", "list").returncode == 0
    assert run("act", "list").returncode == 1
    assert run("act", "fly").returncode == 2
    bad = run("procedure", "list", TRACKER_ENVIRONMENT="x")
    assert (bad.returncode, bad.stderr.count("\n")) == (1, 1)
