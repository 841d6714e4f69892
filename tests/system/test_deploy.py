"""What `deploy/` says fits the product: programs, settings, and no secret in it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from tracker.cli import cli
from tracker.config import NAMES, PREFIX, Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
BIN = "/opt/tracker/current/bin/"
UNITS = sorted((DEPLOY / "systemd").iterdir())
HERE = Path(sys.executable).parent
KNOWN = {PREFIX + name for name in NAMES}
FILLED = {
    "TRACKER_DATABASE_URL": "postgresql://tracker:x@127.0.0.1/tracker",
    "TRACKER_BROKER_URL": "amqp://tracker:x@127.0.0.1//",
    "TRACKER_SECRET_KEY": "k" * 48,
    "TRACKER_PUBLIC_URL": "https://tracker.example.org",
    "TRACKER_SMTP_URL": "smtp://u:p@mail.example.org:587?tls=starttls",
    "TRACKER_MAIL_FROM": "tracker@example.org",
}


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(path.read_text())
    return parser


def variables(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"]
    return found


def test_compose_has_every_part_and_prepares_first(services):
    assert {"postgres", "rabbitmq", "prepare", "web", "worker", "beat"} == set(services)
    assert services["worker"]["deploy"]["replicas"] == 2
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["prepare"] == {
            "condition": "service_completed_successfully"
        }
        assert services[name]["volumes"] == services["prepare"]["volumes"]


def test_compose_knows_every_setting_and_holds_no_secret(services):
    for name in ("prepare", "web", "worker", "beat"):
        assert set(services[name]["environment"]) <= KNOWN
    text = (DEPLOY / "compose.yaml").read_text()
    used = dict(re.findall(r"\$\{([A-Z_]+)(:[?-][^}]*)?\}", text))
    given = variables(DEPLOY / "compose.env.example")
    assert set(given) == {name for name, rest in used.items() if rest.startswith(":?")}
    for name, rest in used.items():
        if re.search("PASSWORD|SECRET|URL", name):
            assert rest.startswith(":?"), name
    assert not any(given.values())


def commands() -> list[list[str]]:
    """Every command line that `deploy/` starts."""
    found = [
        shlex.split(unit(path)["Service"]["ExecStart"])
        for path in UNITS
        if path.suffix == ".service"
    ]
    for service in YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"].values():
        found += [service["command"]] if "command" in service else []
    image = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert image
    found.append(YAML(typ="safe").load(image[1]))
    return [words for command in found for words in _without_shell(command)]


def _without_shell(command: list[str]) -> list[list[str]]:
    if Path(command[0]).name != "sh":
        return [command]
    return [shlex.split(each) for each in command[2].split("&&")]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_what_is_started_can_be_started(command, tmp_path):
    program = command[0].removeprefix(BIN)
    if program == "tracker":
        words = [word for word in command[1:] if word.isalpha()]
        assert CliRunner().invoke(cli, [*words, "--help"]).exit_code == 0
        return
    environ = {"TRACKER_ENV": "test", "TRACKER_DATA_DIR": str(tmp_path), "PATH": str(HERE)}
    check = "--check-config" if program == "gunicorn" else "--help"
    done = subprocess.run(
        [HERE / program, *command[1:], check],
        env=environ,
        cwd=DEPLOY.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_settings_of_a_server_are_known_and_can_be_filled_in(tmp_path):
    given = variables(DEPLOY / "tracker.env.example")
    assert set(given) <= KNOWN
    empty = {name for name, value in given.items() if not value}
    assert empty == set(FILLED)
    settings = Settings.load({**given, **FILLED, "TRACKER_DATA_DIR": str(tmp_path)}, dotenv=None)
    assert settings.env == "production"


def test_units_share_the_environment_and_a_bad_setting_stops_them():
    for path in UNITS:
        if path.suffix != ".service":
            continue
        service = unit(path)["Service"]
        assert service["EnvironmentFile"] == "/etc/tracker/tracker.env"
        assert service["User"] == "tracker"
        assert service["ExecStart"].startswith((BIN, "/bin/sh"))
        if service["Type"] != "oneshot":
            assert service["RestartPreventExitStatus"] == "3"
            assert unit(path)["Install"]["WantedBy"] == "tracker.target"


def test_systemd_takes_the_units(tmp_path):
    verify = shutil.which("systemd-analyze")
    for path in UNITS:
        text = path.read_text()
        assert "\n[Install]\n" in text or path.name == "tracker-backup.service"
        (tmp_path / path.name).write_text(text.replace(BIN, f"{HERE}/"))
    if verify:
        done = subprocess.run(
            [verify, "verify", *(str(tmp_path / path.name) for path in UNITS)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not [line for line in done.stderr.splitlines() if line.startswith("tracker")]


def test_nginx_is_the_only_proxy_and_keeps_the_figures_inside():
    text = (DEPLOY / "nginx.conf").read_text()
    assert text.count("{") == text.count("}")
    assert "X-Forwarded-For $remote_addr;" in text
    assert "X-Forwarded-Proto $scheme;" in text
    assert "location = /metrics { return 404; }" in text


def test_the_image_takes_in_only_what_is_named():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    wanted = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert lines[1] == "*"
    assert all((DEPLOY.parent / name).exists() for name in wanted)
