"""Every text of the product can be said in every language it is offered in."""

import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tracker import assembly

HOUSE = Path(__file__).parents[1]
CATALOGUES = HOUSE / "tracker" / "translations"
PLACE = re.compile(r"%\(\w+\)[sd]")


def documented(command):
    """The arguments of a command as docs/translating.md gives it."""
    text = (HOUSE / "docs" / "translating.md").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"pybabel {command} "))
    return shlex.split(line)[1:]


def catalogue(language, ending="po"):
    return CATALOGUES / language / "LC_MESSAGES" / f"messages.{ending}"


def read(path, language=None):
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """The messages that the documented command finds."""
    found = tmp_path_factory.mktemp("messages") / "messages.pot"
    arguments = [
        str(found) if each == "var/messages.pot" else each for each in documented("extract")
    ]
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", *arguments], cwd=HOUSE, check=True
    )
    return read(found)


def others():
    """The languages of the shipped assembly beside that of the source."""
    return [language for language in assembly.assembly().languages if language != "en"]


@pytest.fixture(params=["ru"])
def kept(request):
    """A catalogue with its language."""
    return request.param, read(catalogue(request.param), request.param)


def key(message):
    return message.id[0] if message.pluralizable else message.id


def texts(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_every_language_of_the_assembly_has_a_catalogue(app):
    assert others() == sorted(path.name for path in CATALOGUES.iterdir() if path.is_dir())


def test_the_catalogue_says_what_the_product_says(kept, extracted):
    _language, messages = kept
    assert {key(message) for message in extracted} == {key(message) for message in messages}


def test_nothing_is_left_or_guessed(kept):
    _language, messages = kept
    for message in messages:
        if message.id:
            assert all(texts(message)), message.id
            assert not message.fuzzy, message.id


def test_plural_forms_are_complete(kept):
    _language, messages = kept
    for message in messages:
        if message.pluralizable:
            assert len(message.string) == messages.num_plurals, message.id


def test_places_agree(kept):
    _language, messages = kept
    for message in messages:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        places = set().union(*(PLACE.findall(text) for text in ids))
        for text in texts(message):
            if message.id:
                assert set(PLACE.findall(text)) == places, message.id


ABBREVIATED = {"No."}
"""They end in a full stop and are no sentences."""


def test_a_sentence_stays_a_sentence_and_quotes_are_russian():
    for message in read(catalogue("ru"), "ru"):
        if message.id and message.id not in ABBREVIATED:
            said = message.id[-1] if message.pluralizable else message.id
            for text in texts(message):
                assert text.endswith(".") == said.endswith("."), text
                assert not re.search('["“”]', text), text


def test_the_compiled_file_is_of_this_catalogue(kept):
    language, messages = kept
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    assert catalogue(language, "mo").read_bytes() == compiled.getvalue()
