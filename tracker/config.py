"""Settings: read once from the environment and `.env`, checked, then frozen.

The environment wins over `.env`. A variable that is unknown or has a bad value stops the start
with one line that names it and says what to write instead. Values that may hold a password are
never repeated in a message.
"""

import contextlib
import difflib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self, TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

from dotenv import dotenv_values
from flask import current_app
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

import workflows

PREFIX = "TRACKER_"
NAMES = (
    "ENV",
    "DATA_DIR",
    "DATABASE_URL",
    "BROKER_URL",
    "SMTP_URL",
    "MAIL_FROM",
    "MAIL_AMBIGUOUS",
    "SECRET_KEY",
    "PUBLIC_URL",
    "ASSEMBLY",
)
Env = Literal["production", "demo", "test"]
MailAmbiguous = Literal["resend", "hold"]
ENVS: tuple[Env, ...] = ("production", "demo", "test")
MAIL_AMBIGUOUS: tuple[MailAmbiguous, ...] = ("resend", "hold")
BROKERS = ("atomicfs", "amqp", "amqps", "redis", "rediss", "memory")
SHIPPED_ASSEMBLIES = Path(workflows.__path__[0]) / "assemblies"
SECRET_KEY_LENGTH = 32
LAST_PORT = 65535

Choice = TypeVar("Choice", bound=str)


class ConfigError(Exception):
    """A setting that cannot be used; the message is one line with the variable and the remedy."""


@dataclass(frozen=True)
class Settings:
    """What an installation decides; `docs/operations.md` explains each field."""

    env: Env
    data_dir: Path
    database_url: str
    broker_url: str
    smtp_url: str | None
    mail_from: str
    mail_ambiguous: MailAmbiguous
    secret_key: str
    public_url: str
    assembly: str
    port: int

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, dotenv: Path | None = Path(".env")
    ) -> Self:
        """Read the settings and make the data directory; `environ` is the process's own by default.

        Relative paths are resolved against the current directory. Raises `ConfigError`.
        """
        given = _gather(os.environ if environ is None else environ, dotenv)
        env = _one_of(given, "ENV", ENVS)
        port = _port(given.get("PORT", "8000"))
        data_dir = _data_dir(given.get("DATA_DIR", "var"))
        return cls(
            env=env,
            data_dir=data_dir,
            database_url=_database_url(given.get("DATABASE_URL"), data_dir),
            broker_url=_broker_url(given.get("BROKER_URL"), data_dir),
            smtp_url=_smtp_url(given.get("SMTP_URL")),
            mail_from=_mail_from(given.get("MAIL_FROM", "tracker@localhost")),
            mail_ambiguous=_one_of(given, "MAIL_AMBIGUOUS", MAIL_AMBIGUOUS),
            secret_key=_secret_key(given.get("SECRET_KEY"), env, data_dir),
            public_url=_public_url(given.get("PUBLIC_URL", f"http://127.0.0.1:{port}")),
            assembly=_assembly(given.get("ASSEMBLY", "csto_pa")),
            port=port,
        )


def current_settings() -> Settings:
    """The settings of the application in whose context this runs."""
    return cast("Settings", current_app.extensions["settings"])


def _gather(environ: Mapping[str, str], dotenv: Path | None) -> dict[str, str]:
    """Our variables by their short names; an empty value counts as unset."""
    # Without interpolation: a `$` in a password stays a `$`.
    try:
        written = dotenv_values(dotenv, interpolate=False) if dotenv else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{dotenv} cannot be read: {error}.") from error
    given: dict[str, str] = {}
    for name, value in (*written.items(), *environ.items()):
        short = name.removeprefix(PREFIX)
        if name == short and name != "PORT":
            continue
        if name == PREFIX + "PORT" or short not in (*NAMES, "PORT"):
            raise ConfigError(f"{name} is not a setting. {_nearest(short)}")
        if value is None:
            raise ConfigError(f"{name} has no value in {dotenv}. Write {name}=value.")
        given[short] = value
    return {short: value for short, value in given.items() if value}


def _nearest(short: str) -> str:
    matches = difflib.get_close_matches(short.upper(), (*NAMES, "PORT"), n=1)
    if matches:
        return f"Did you mean {_full(matches[0])}?"
    return f"Known are {', '.join(map(_full, (*NAMES, 'PORT')))}."


def _full(short: str) -> str:
    return short if short == "PORT" else PREFIX + short


def _one_of(given: Mapping[str, str], short: str, choices: tuple[Choice, ...]) -> Choice:
    value = given.get(short, choices[0])
    for choice in choices:
        if value == choice:
            return choice
    raise ConfigError(f"{_full(short)} is {value!r}. Use one of {', '.join(choices)}.")


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= LAST_PORT):
        raise ConfigError(f"PORT is {value!r}. Use a number from 1 to {LAST_PORT}.")
    return int(value)


def _data_dir(value: str) -> Path:
    path = Path(value).expanduser().resolve()
    try:
        # The directory holds the secret key and people's mail: for its owner alone.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"TRACKER_DATA_DIR {path} cannot be made ({error.strerror}). Use a directory you own."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigError(f"TRACKER_DATA_DIR {path} is not writable. Use a directory you own.")
    return path


def _database_url(value: str | None, data_dir: Path) -> str:
    if value is None:
        return f"sqlite:///{data_dir / 'tracker.db'}"
    remedy = "Use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    try:
        # SQLAlchemy refuses the spelling `postgres://`, which hosting services still hand out.
        url = make_url(value.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise ConfigError(f"TRACKER_DATABASE_URL is not a database address. {remedy}") from None
    if url.drivername in {"postgresql", "postgresql+psycopg"} and url.database:
        url = url.set(drivername="postgresql+psycopg")
    elif url.drivername == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(Path(url.database).expanduser().resolve()))
    else:
        raise ConfigError(f"TRACKER_DATABASE_URL names no database we support. {remedy}")
    return url.render_as_string(hide_password=False)


def _broker_url(value: str | None, data_dir: Path) -> str:
    if value is None:
        return f"atomicfs://{data_dir / 'broker'}"
    scheme = value.partition("://")[0]
    if "://" not in value or scheme not in BROKERS or not _readable(value):
        raise ConfigError(
            "TRACKER_BROKER_URL names no broker we support."
            " Use amqp://USER:PASSWORD@HOST/VHOST, redis://HOST/0 or leave it unset."
        )
    return value


def _smtp_url(value: str | None) -> str | None:
    if value is None:
        return None
    url = urlsplit(value)
    tls = parse_qsl(url.query, keep_blank_values=True)
    if (
        url.scheme != "smtp"
        or not _readable(value)
        or not url.hostname
        or url.path.strip("/")
        or tls not in ([], [("tls", "starttls")], [("tls", "implicit")])
    ):
        raise ConfigError(
            "TRACKER_SMTP_URL is not a mail server address."
            " Use smtp://USER:PASSWORD@HOST:PORT, with ?tls=starttls to encrypt, or ?tls=implicit"
            " where the server speaks TLS from the beginning."
        )
    return value


def _readable(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _mail_from(value: str) -> str:
    _, address = parseaddr(value)
    local, _, domain = address.rpartition("@")
    if not local or not domain or not value.isprintable():
        raise ConfigError(
            f"TRACKER_MAIL_FROM is {value!r}. Use an address such as tracker@example.org."
        )
    return value


def _public_url(value: str) -> str:
    url = urlsplit(value)
    if url.scheme not in {"http", "https"} or not _readable(value) or not url.hostname:
        raise ConfigError(f"TRACKER_PUBLIC_URL is {value!r}. Use https://HOST, as people type it.")
    if url.query or url.fragment:
        raise ConfigError(f"TRACKER_PUBLIC_URL is {value!r}. Leave out what follows the path.")
    return value.rstrip("/")


def _assembly(value: str) -> str:
    if (SHIPPED_ASSEMBLIES / value / "assembly.yaml").is_file():
        return value
    folder = Path(value).expanduser().resolve()
    if (folder / "assembly.yaml").is_file():
        return str(folder)
    shipped = sorted(path.parent.name for path in SHIPPED_ASSEMBLIES.glob("*/assembly.yaml"))
    raise ConfigError(
        f"TRACKER_ASSEMBLY is {value!r}, and there is no assembly.yaml there."
        f" Use a shipped name ({', '.join(shipped)}) or the path of a folder."
    )


def _secret_key(value: str | None, env: str, data_dir: Path) -> str:
    kept = data_dir / "secret_key"
    source = "TRACKER_SECRET_KEY"
    if value is None:
        if env == "production":
            raise ConfigError(
                "TRACKER_SECRET_KEY is unset, and production needs one. Make one with"
                " python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."
            )
        source = f"The key in {kept}, used as TRACKER_SECRET_KEY is unset,"
        value = _kept_key(kept)
    if len(value) < SECRET_KEY_LENGTH:
        raise ConfigError(f"{source} is too short. Use {SECRET_KEY_LENGTH} characters or more.")
    return value


def _kept_key(path: Path) -> str:
    """Read the key of this file, made when missing; processes that start at once agree on one."""
    if not path.exists():
        # A finished file is linked into place: nobody reads half a key, and the first one stays.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret_key-") as new:
            new.write(secrets.token_urlsafe(48))
            new.flush()
            os.fsync(new.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(new.name, path)
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read ({error}). Set TRACKER_SECRET_KEY or delete the file."
        ) from error
