"""A copy of the sample assembly, to be broken."""

import shutil

import pytest

from tests.workflows.breaking import check
from tests.workflows.world import SAMPLE


@pytest.fixture
def broken(tmp_path):
    """Break one file of the sample: `broken(file, (old, new))` gives its problems and its text."""
    folder = tmp_path / "sample"
    shutil.copytree(SAMPLE, folder)

    def change(file: str, *changes: tuple[str, str]):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return check(folder), text

    return change
