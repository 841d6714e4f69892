"""The environment, line by line as the operations page promises it."""

import stat
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tracker.config import ConfigError, Settings

KEY = "k" * 32


def load(tmp_path: Path, **variables: str) -> Settings:
    """Load a production environment with these variables, by their short names."""
    short = {"ENV": "production", "DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, **variables}
    environ = {name if name == "PORT" else f"TRACKER_{name}": short[name] for name in short}
    return Settings.load(environ, dotenv=None)


def refusal(tmp_path: Path, **variables: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, **variables)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_defaults_are_the_contract(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.load({"TRACKER_SECRET_KEY": KEY})
    var = tmp_path / "var"
    assert settings == Settings(
        env="production",
        data_dir=var,
        database_url=f"sqlite:///{var}/tracker.db",
        broker_url=f"atomicfs://{var}/broker",
        smtp_url=None,
        mail_from="tracker@localhost",
        mail_ambiguous="resend",
        secret_key=KEY,
        public_url="http://127.0.0.1:8000",
        assembly="csto_pa",
        port=8000,
    )
    assert stat.S_IMODE(var.stat().st_mode) == 0o700


@pytest.mark.parametrize("env", ["production", "demo", "test"])
def test_env(tmp_path, env):
    assert load(tmp_path, ENV=env).env == env


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ENV": "prod"}, ["TRACKER_ENV", "'prod'", "production, demo, test"]),
        ({"PORT": "http"}, ["PORT", "'http'", "1 to 65535"]),
        ({"PORT": "0"}, ["PORT", "1 to 65535"]),
        ({"PORT": "65536"}, ["PORT", "1 to 65535"]),
        ({"PORT": "٨"}, ["PORT", "1 to 65535"]),
        ({"MAIL_AMBIGUOUS": "twice"}, ["TRACKER_MAIL_AMBIGUOUS", "resend, hold"]),
        ({"MAIL_FROM": "nobody"}, ["TRACKER_MAIL_FROM", "tracker@example.org"]),
        ({"MAIL_FROM": "a@b.org\nBcc: c@d.org"}, ["TRACKER_MAIL_FROM"]),
        ({"PUBLIC_URL": "tracker.example.org"}, ["TRACKER_PUBLIC_URL", "https://HOST"]),
        ({"PUBLIC_URL": "https://tracker.example.org/?a=1"}, ["TRACKER_PUBLIC_URL", "path"]),
        ({"ASSEMBLY": "atlantis"}, ["TRACKER_ASSEMBLY", "'atlantis'", "csto_pa", "folder"]),
        ({"SECRET_KEY": "short"}, ["TRACKER_SECRET_KEY", "too short", "32"]),
        ({"SECRET_KEY": ""}, ["TRACKER_SECRET_KEY", "unset", "token_urlsafe"]),
        ({"DATABASE_URL": "mysql://u:pw@h/db"}, ["TRACKER_DATABASE_URL", "postgresql://"]),
        ({"DATABASE_URL": "sqlite://"}, ["TRACKER_DATABASE_URL", "sqlite:///FILE"]),
        ({"DATABASE_URL": "tracker.db"}, ["TRACKER_DATABASE_URL", "sqlite:///FILE"]),
        ({"DATABASE_URL": "postgresql://u:pw@h:x/db"}, ["TRACKER_DATABASE_URL"]),
        ({"BROKER_URL": "kafka://u:pw@h"}, ["TRACKER_BROKER_URL", "amqp://", "redis://"]),
        ({"BROKER_URL": "amqp://u:pw@h:x//"}, ["TRACKER_BROKER_URL"]),
        ({"SMTP_URL": "mail.example.org"}, ["TRACKER_SMTP_URL", "smtp://"]),
        ({"SMTP_URL": "smtp://u:pw@h?tls=yes"}, ["TRACKER_SMTP_URL", "?tls=starttls"]),
        ({"SMTP_URL": "smtp://u:pw@h:mail"}, ["TRACKER_SMTP_URL"]),
        ({"DATABASE": "x"}, ["TRACKER_DATABASE is not", "Did you mean TRACKER_DATABASE_URL?"]),
        ({"MAIL_AMBIGOUS": "x"}, ["Did you mean TRACKER_MAIL_AMBIGUOUS?"]),
        ({"PRT": "x"}, ["TRACKER_PRT", "Did you mean PORT?"]),
        ({"ZZZZ": "x"}, ["TRACKER_ZZZZ", "Known are TRACKER_ENV", "PORT"]),
    ],
)
def test_a_bad_value_is_one_line_with_the_remedy(tmp_path, variables, words):
    message = refusal(tmp_path, **variables)
    assert [word for word in words if word not in message] == []
    assert "pw" not in message


def test_port_has_no_prefix(tmp_path):
    assert load(tmp_path, PORT="9000").port == 9000
    with pytest.raises(ConfigError, match=r"TRACKER_PORT is not a setting.*Did you mean PORT\?"):
        Settings.load({"TRACKER_PORT": "9000"}, dotenv=None)


def test_other_programs_variables_are_none_of_our_business(tmp_path):
    settings = Settings.load(
        {"TRACKER_DATA_DIR": str(tmp_path), "TRACKER_ENV": "test", "MAIL_FROM": "x", "TRACK": "y"},
        dotenv=None,
    )
    assert settings.mail_from == "tracker@localhost"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p%40w@h:5433/db", "postgresql+psycopg://u:p%40w@h:5433/db"),
        ("postgres://u@h/db?sslmode=require", "postgresql+psycopg://u@h/db?sslmode=require"),
        ("postgresql+psycopg://h/db", "postgresql+psycopg://h/db"),
        ("sqlite:////srv/t.db", "sqlite:////srv/t.db"),
    ],
)
def test_database_url(tmp_path, given, used):
    assert load(tmp_path, DATABASE_URL=given).database_url == used


def test_relative_paths_start_at_the_current_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(tmp_path, DATA_DIR="data", DATABASE_URL="sqlite:///db/t.db")
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/db/t.db"


@pytest.mark.parametrize("url", ["amqp://g:g@h:5672/v", "redis://h/0", "rediss://:p@h:1/0"])
def test_broker_url(tmp_path, url):
    assert load(tmp_path, BROKER_URL=url).broker_url == url


@pytest.mark.parametrize("url", ["smtp://h", "smtp://u:p@h:587?tls=starttls"])
def test_smtp_url(tmp_path, url):
    assert load(tmp_path, SMTP_URL=url).smtp_url == url


def test_public_url_loses_its_last_slash(tmp_path):
    assert load(tmp_path, PUBLIC_URL="https://a.example.org/t/").public_url == (
        "https://a.example.org/t"
    )
    assert load(tmp_path, PORT="9000").public_url == "http://127.0.0.1:9000"


def test_an_assembly_may_be_a_folder(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "assembly.yaml").touch()
    assert load(tmp_path, ASSEMBLY=str(tmp_path / "ours")).assembly == str(tmp_path / "ours")


def test_data_dir_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    message = refusal(tmp_path, DATA_DIR=str(tmp_path / "file" / "var"))
    assert "TRACKER_DATA_DIR" in message
    assert "Use a directory" in message


def test_dotenv_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        "# ours\nTRACKER_ENV=demo\nPORT=9001\nexport TRACKER_SMTP_URL='smtp://u:p$HOME@h'\nOTHER=1\n"
    )
    settings = Settings.load({"PORT": "9002"})
    assert (settings.env, settings.port) == ("demo", 9002)
    assert settings.smtp_url == "smtp://u:p$HOME@h"


@pytest.mark.parametrize(
    ("line", "words"),
    [("TRACKER_PRT=1", "Did you mean PORT"), ("TRACKER_ENV", "TRACKER_ENV has no value")],
)
def test_faults_in_dotenv_are_named_too(tmp_path, line, words):
    (tmp_path / ".env").write_text(line + "\n")
    with pytest.raises(ConfigError, match=words):
        Settings.load({}, dotenv=tmp_path / ".env")


def test_an_unreadable_dotenv_is_named(tmp_path):
    (tmp_path / ".env").write_bytes(b"TRACKER_ENV=\xff\xfe\n")
    with pytest.raises(ConfigError, match=r"\.env cannot be read"):
        Settings.load({}, dotenv=tmp_path / ".env")


def kept_key(data_dir: str) -> str:
    environ = {"TRACKER_ENV": "demo", "TRACKER_DATA_DIR": data_dir}
    return Settings.load(environ, dotenv=None).secret_key


def test_the_secret_key_is_made_once_and_kept_private(tmp_path):
    with ProcessPoolExecutor(3) as pool:
        keys = set(pool.map(kept_key, [str(tmp_path / "var")] * 12))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_a_damaged_kept_key_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ConfigError, match="TRACKER_SECRET_KEY is unset, is too short"):
        kept_key(str(tmp_path))


def test_production_does_not_use_a_kept_key(tmp_path):
    kept_key(str(tmp_path))
    assert "production needs one" in refusal(tmp_path, SECRET_KEY="")


@pytest.mark.parametrize("entry", ["import worker", "import tracker; tracker.create_app()"])
def test_a_bad_setting_ends_a_process_with_its_one_line(tmp_path, entry):
    result = subprocess.run(
        [sys.executable, "-c", entry],
        env={"TRACKER_ENV": "prod", "TRACKER_DATA_DIR": str(tmp_path)},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 3  # gunicorn's "cannot boot": it does not try again
    assert result.stderr == ("tracker: TRACKER_ENV is 'prod'. Use one of production, demo, test.\n")
