"""The hash chain: the bytes of an entry and the digest that links it to the one before."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from tracker.db import to_json

START = "0" * 64
"""What the first entry of an act is chained to."""


def new_salt() -> str:
    return secrets.token_hex(16)


def text_digest(salt: str, text: str) -> str:
    """What the chain holds of a person's words."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def canonical(record: Mapping[str, Any], previous: str) -> str:
    """The text of an entry that is hashed, the previous hash within it."""
    return to_json({**record, "previous": previous})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
