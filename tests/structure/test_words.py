"""Everything odd that a reader can report has words."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from tests.structure.shared import document, needs_shared, with_truth
from tracker.i18n import speaking
from tracker.structure.model import Oddity
from tracker.texts.oddities import TEXTS, words

ROOM = Path(__file__).resolve().parents[2] / "tracker" / "structure"


def test_every_code_has_words() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py"))
    codes = set(re.findall(r"(?:Oddity|odd)\(\s*\"(\w+)\"", source))
    codes |= set(re.findall(r"code = \"(number_\w+)\"", source)) | {"direction_marks"}
    assert len(codes) > 20
    assert codes <= set(TEXTS)


@needs_shared
def test_the_words_are_filled(app: Flask) -> None:
    names = [*with_truth(), "awkward/en_scottish_bill_deleted_tracked.docx"]
    found = [one for name in names for one in document(name).oddities]
    with app.app_context(), speaking("en"):
        for one in [*found, Oddity("number_gap", "3", {"number": "5", "before": "3"})]:
            assert "%(" not in words(one)
            assert words(one) != one.code
