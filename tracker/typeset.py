"""PDF from a page description in Typst, with its own fonts and nothing read from the machine.

What people wrote travels as data and is never part of the source, so that no sign in it means
anything to Typst.
"""

from __future__ import annotations

import json
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any

import typst

_compile: Any = typst.compile  # its stub does not know that no timestamp is one
_PRELUDE = '#let data = json(bytes(sys.inputs.at("data")))\n'


def pdf(source: str, data: Any, made_at: datetime | None = None) -> bytes:
    """A PDF of `source`, where `data` (anything JSON can hold) is the variable `data`.

    The embedded fonts have Latin and Cyrillic; fonts of the system are not used, so that a page
    looks the same everywhere. The same input gives the same bytes where `made_at` is given.
    """
    with TemporaryDirectory() as empty:
        made = _compile(
            (_PRELUDE + source).encode(),
            root=empty,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=made_at,
        )
    return bytes(made)
