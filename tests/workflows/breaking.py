"""Breaking a sound assembly in one place, and finding where the fault must be named."""

from pathlib import Path

import pytest

from workflows.loader import BadFile, load_assembly
from workflows.soundness import check_assembly


def check(folder: Path):
    try:
        check_assembly(load_assembly(str(folder)))
    except BadFile as error:
        return error.problems
    return ()


def line_of(text: str, marker: str) -> int:
    """The line of the first place where `marker` stands."""
    assert marker in text
    return text[: text.index(marker)].count("\n") + 1


def fault(rule, old, new, says, at=None):
    """A way to break a file, and the rule it breaks; `at` stands in the line to be named."""
    return pytest.param(rule, old, new, says, at or new, id=f"{rule}: {says}")
