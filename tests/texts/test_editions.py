"""Editions come in by file and language; a decision freezes the one it was taken on."""

import io
import zipfile

import pytest

from tests import seen
from tests.road import bring_to, propose
from tracker.acts.operations import advance
from tracker.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tracker.texts.files import MAX_BYTES, keep, path_of
from tracker.texts.models import EditionFile
from tracker.texts.operations import add_file


def archive(member: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        written.writestr(member, "<document/>")
    return file.getvalue()


@pytest.fixture
def add(as_, now, tmp_path):
    def take(reference, who="drafter", name="draft.txt", content=b"Text", language="ru", **given):
        upload = keep(tmp_path, name, io.BytesIO(content))
        return add_file(reference, upload, language=language, actor=as_(who), now=now, **given)

    return take


def test_a_new_edition_is_told_to_the_holders_secretary(app, as_, now, tmp_path, add):
    reference = propose(as_, now)
    assert add(reference, content=b"First") == 1
    assert add(reference, content=b"Second") == 2
    assert seen.act_of(reference).edition == 2
    entry = seen.timeline(reference)[-1]
    assert (entry.action, entry.edition, entry.decided_precision) == ("deliver_edition", 2, None)
    assert len(seen.notices(reference, name="edition_delivered")) == 4
    file = seen.of_act(EditionFile, reference, n=1)[0]
    assert path_of(tmp_path, file.sha256).read_bytes() == b"First"


def test_languages_and_parts_join_an_edition_and_replace_their_like(app, as_, now, add):
    reference = propose(as_, now)
    add(reference)
    add(reference, language="en", edition=1)
    add(reference, part="memorandum", edition=1)
    told = len(seen.notices(reference))
    add(reference, content=b"Corrected", name="draft-2.txt", edition=1)
    files = seen.of_act(EditionFile, reference)
    assert {(f.language, f.part, f.filename) for f in files} == {
        ("ru", "text", "draft-2.txt"),
        ("en", "text", "draft.txt"),
        ("ru", "memorandum", "draft.txt"),
    }
    assert seen.actions(reference)[-3:] == ["add_file"] * 3
    assert seen.act_of(reference).edition == 1
    assert len(seen.notices(reference)) == told


def test_an_edition_begins_with_its_text(app, as_, now, add):
    reference = propose(as_, now)
    with pytest.raises(Invalid) as error:
        add(reference, part="memorandum")
    assert [(r.field, r.code) for r in error.value.refusals] == [
        ("edition", "edition_without_text")
    ]
    add(reference)
    add(reference, part="memorandum", edition=1)


def test_a_decision_freezes_the_edition_it_was_taken_on(app, as_, now, add):
    reference = propose(as_, now)
    advance(reference, "open_concept", actor=as_("secretariat"), now=now)
    add(reference, content=b"First")
    add(reference, content=b"Second")
    data = {"edition": 1}
    advance(reference, "approve_concept", actor=as_("eab.chair"), now=now, data=data)
    frozen = {edition.n: edition.frozen_n for edition in seen.editions(reference)}
    assert frozen == {1: 5, 2: None}
    with pytest.raises(Refused, match="edition_frozen"):
        add(reference, edition=1)
    add(reference, edition=2)
    with pytest.raises(Invalid, match="no_such_edition"):
        add(reference, edition=3)
    with pytest.raises(Invalid, match="no_such_edition"):
        add(reference, edition=10**30)


def test_a_memorandum_is_advised_and_a_draft_required(app, as_, now, add):
    reference = propose(as_, now)
    staff = as_("secretariat")
    advance(reference, "start_drafting", actor=staff, now=now, data={"reason": "Без концепции"})
    with pytest.raises(Refused, match="no_edition"):
        advance(reference, "submit_to_eab", actor=staff, now=now)
    add(reference)
    outcome = advance(reference, "submit_to_eab", actor=staff, now=now)
    assert [warning.code for warning in outcome.warnings] == ["no_memorandum"]


def test_a_revision_needs_an_edition_of_its_own(app, as_, now, tmp_path, add):
    reference = bring_to("commission", as_, now, tmp_path)
    step = {"actor": as_("defence.secretary"), "now": now}
    advance(reference, "ask_revision", **step, data={"reason": "Уточнить статью 1"})
    with pytest.raises(Refused, match="no_new_edition"):
        advance(reference, "resubmit_to_commission", **step)
    add(reference)
    advance(reference, "resubmit_to_commission", **step)


@pytest.mark.parametrize("state", ["eab_review", "commission", "council", "adopted"])
def test_no_edition_comes_in_where_nobody_drafts(app, as_, now, tmp_path, add, state):
    reference = bring_to(state, as_, now, tmp_path)
    for who in ("drafter", "secretariat"):
        with pytest.raises(Refused, match="no_uploads_now"):
            add(reference, who)
    with pytest.raises(Stale):
        add(reference, version=1)


def test_only_the_drafter_and_the_secretariat_bring_editions(app, as_, now, add):
    reference = propose(as_, now)
    for who in ("eab.secretary", "eab.chair", "parliament.kz"):
        with pytest.raises(Forbidden):
            add(reference, who)
    for who in ("defence.secretary", "council.am", "eab.expert1"):
        with pytest.raises(NotFound):
            add(reference, who)
    assert add(reference, "secretariat") == 1


@pytest.mark.parametrize(
    ("given", "field"), [({"language": "fr"}, "language"), ({"part": "cover"}, "part")]
)
def test_language_and_part_are_those_of_the_assembly(app, as_, now, add, given, field):
    with pytest.raises(Invalid) as error:
        add(propose(as_, now), **given)
    assert (field, "not_a_choice") in [(r.field, r.code) for r in error.value.refusals]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("draft.exe", b"MZ\x90\x00", "file_type"),
        ("draft", b"Text", "file_type"),
        ("draft.docx", b"MZ\x90\x00", "file_content"),
        ("draft.docx", archive("readme.txt"), "file_content"),
        ("draft.odt", archive("word/document.xml"), "file_content"),
        ("draft.pdf", b"\x7fELF", "file_content"),
        ("draft.rtf", b"plain", "file_content"),
        ("draft.txt", b"MZ\x90\x00", "file_content"),
        ("draft.txt", b"", "file_empty"),
    ],
)
def test_a_file_is_what_its_ending_says(app, tmp_path, name, content, code):
    with pytest.raises(Invalid) as error:
        keep(tmp_path / "files", name, io.BytesIO(content))
    assert [(r.field, r.code) for r in error.value.refusals] == [("file", code)]
    assert [path for path in tmp_path.rglob("*") if path.parent.name == "files"] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("draft.docx", archive("word/document.xml")),
        ("draft.odt", archive("content.xml")),
        ("DRAFT.PDF", b"%PDF-1.7 ..."),
        ("draft.rtf", b"{\\rtf1 }"),
        ("draft.html", "<p>Статья 1</p>".encode()),
    ],
)
def test_the_bytes_are_kept_as_they_came(tmp_path, name, content):
    upload = keep(tmp_path, f"C:\\Users\\me\\{name}", io.BytesIO(content))
    assert (upload.filename, upload.size) == (name, len(content))
    assert path_of(tmp_path, upload.sha256).read_bytes() == content


class Endless(io.RawIOBase):
    """A stream that never ends, and counts what was taken of it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        self.taken += size
        return b"a" * size


def test_what_is_too_large_is_refused_before_it_is_all_read(tmp_path):
    stream = Endless()
    with pytest.raises(Invalid, match="file_too_large"):
        keep(tmp_path, "draft.txt", stream)
    assert stream.taken <= MAX_BYTES + 2 * (1 << 20)
    assert list(tmp_path.iterdir()) == []
