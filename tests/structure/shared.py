"""Where the public test texts lie: beside the checkout, or where TEST_SHARED says."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import pytest

from tracker.structure.characters import key
from tracker.structure.model import Document, Provision, articles
from tracker.structure.reading import read

_BESIDE = Path(__file__).resolve().parents[3] / "shared"
SHARED = Path(os.environ.get("TEST_SHARED", _BESIDE))
TEXTS = SHARED / "texts"
needs_shared = pytest.mark.skipif(not TEXTS.is_dir(), reason="the shared texts are not here")


@cache
def document(name: str) -> Document:
    """One of the shared texts, read."""
    path = TEXTS / name
    return read(path.read_bytes(), path.name)


def truth(name: str) -> list[tuple[str, str]]:
    """Number and heading of every article as listed for a text."""
    path = TEXTS / "truth" / f"{name.replace('/', '__')}.articles.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row[0], row[1] if len(row) > 1 else "") for row in rows]


def with_truth() -> list[str]:
    """The texts that have a list of their articles."""
    if not TEXTS.is_dir():
        return []
    names = (path.name for path in (TEXTS / "truth").glob("*.articles.tsv"))
    return sorted(name.removesuffix(".articles.tsv").replace("__", "/", 1) for name in names)


def heading_of(article: Provision) -> str:
    """Label and heading in one line."""
    return key(f"{article.label} {article.title}")


def found(name: str) -> list[Provision]:
    return list(articles(document(name)))
