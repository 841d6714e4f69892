"""Reading files: whatever is wrong with one is said with its place, never as a stack trace."""

import json

import pytest

from tests.workflows.breaking import check, line_of
from tests.workflows.world import SAMPLE
from workflows.loader import (
    BadFile,
    assembly_folder,
    compile_text,
    load_assembly,
    load_procedure,
    read,
)

FAULTY_BYTES = [
    (b"procedure: \xff\xfe", 1, "file", "not UTF-8 at byte 11"),
    (b"", 1, "yaml", "not a table"),
    (b"just words", 1, "yaml", "not a table"),
    (b"- a\n- list\n", 1, "yaml", "not a table"),
    (b"a: 1\nb: [1, 2\n", 3, "yaml", "expected"),
    (b"a: 1\nb: x: y\n", 2, "yaml", "mapping values are not allowed here"),
    (b"a: 1\n\tb: 2\n", 2, "yaml", "cannot start any token"),
    (b"a: 1\nb: 2\na: 3\n", 3, "unique", "found duplicate key"),
    (b"a: {x: 1,\n  x: 2}\n", 2, "unique", "found duplicate key"),
    (b"a: *nothing\n", 1, "yaml", "undefined alias"),
    (b"a: 1\n---\nb: 2\n", 2, "yaml", "another document"),
    (b"a: 1\nb: \x01\n", 2, "yaml", "special characters are not allowed"),
    (b"a: 2026-13-45\n", 1, "yaml", "month must be in 1..12"),
]


@pytest.mark.parametrize(("content", "line", "rule", "says"), FAULTY_BYTES)
def test_what_is_no_yaml_is_said(tmp_path, content, line, rule, says):
    path = tmp_path / "law.yaml"
    path.write_bytes(content)
    with pytest.raises(BadFile) as raised:
        read(path)
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.rule) == ("law.yaml", line, rule)
    assert says in problem.message
    assert problem.remedy


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_file_that_cannot_be_read_is_said(tmp_path, name):
    with pytest.raises(BadFile) as raised:
        read(tmp_path / name)
    assert raised.value.problems[0].rule == "file"
    assert str(raised.value).startswith(f"{(tmp_path / name).name}:1: [file] ")


def test_an_unknown_assembly_names_the_shipped_ones(tmp_path):
    with pytest.raises(BadFile, match="one of: csto_pa"):
        assembly_folder(str(tmp_path / "atlantis"))


def test_an_assembly_is_found_by_name_or_folder():
    assert load_assembly("csto_pa").assembly.assembly == "csto_pa"
    assert load_assembly(str(SAMPLE)).assembly.assembly == "two_lakes"


# what to replace in the sample bill, by what, the line, what is said
SCHEMA = [
    ("version: 1", "version: 0", "version: 0", "version: Input should be greater"),
    ("version: 1", "version: first", "version: first", "version: must be a whole number"),
    ("version: 1", "version: 1\nmood: good", "mood", "mood: Extra inputs"),
    ("version: 1\n", "", "procedure: bill", "version: Field required"),
    ("parties:\n", "parties: [S]\nrest:\n", "parties: [S]", "parties: must be a table"),
    ("  S: office.clerk", "  S: clerk", "  S: clerk", "'clerk' is not a party; write"),
    ("  S: office.clerk", "  S: [office.clerk, 5]", "  S: [office", "parties.S.1: must be a table"),
    ("to: dropped, who: S}", "to: dropped, who: Z}", "      - {from: [prop", "'Z' is not a party"),
    ("to: dropped, who: S}", "too: dropped, who: S}", "      - {from: [prop", "to: Field required"),
    ("from: [proposed, drafting]", "from: 7", "      - {from: 7", "from: must be a list"),
    ("    stage: talk\n", "", "  talks:\n", "states.talks.stage: Field required"),
    ("    stage: talk\n", "    stage: 7\n", "    stage: 7", "states.talks.stage: must be text"),
    ("titles: {en: Talks}", "titles: {EN: Talks}", "    titles: {EN", "is not a well-formed name"),
    ("titles: {en: Talks}", "titles: {en: ''}", "    titles: {en: ''}", "must not be empty"),
    ("titles: {en: Talks}", "titles: Talks", "    titles: Talks", "must be a table of names"),
    ("duties: [talk]", "duties: talk", "    duties: talk", "states.talks.duties: must be a list"),
    ("initial: true", "initial: perhaps", "    initial: perhaps", "initial: Input should be a"),
    (
        "{reason: required}",
        "{reason: maybe}",
        "    fields: {reason: m",
        "'required', 'optional' or",
    ),
    ("{working_days: 5}", "{}", "    due: {}", "duties.begin.due: give one of calendar_days"),
    ("{working_days: 5}", "{working_days: 0}", "    due: {w", "days must be 1 to 3660"),
    ("{working_days: 5}", "{fixed_date: 2345-01-01}", "    due: {f", "is after 2200"),
    ("{working_days: 5}", "{working_days: 5, not_set: {en: x}}", "    due: {w", "give one of"),
    ("every: 7, times: 3,", "times: 3,", "    - {id: after", "times above 1 need every"),
    ("begun: [holder, D,", "begun: [holders, D,", "  begun: [holders", "'holders' is not a party"),
    ("begun: [holder, D,", "begun: [holders, D,", "  begun: [holders", "or: Input should be 'sub"),
    ("holder: act:drafting.author", "holder: [x]", "    holder: [x]", "holder: must be a table"),
    ("actions:\n", "actions: 5\nrest:\n", "actions: 5", "actions: must be a table"),
    (
        "  - title: the usual road",
        "  - titel: the usual road",
        "  - titel",
        "title: Field required",
    ),
]


@pytest.mark.parametrize(("old", "new", "at", "says"), SCHEMA)
def test_a_wrong_value_is_named_with_its_line(broken, old, new, at, says):
    found, text = broken("bill.yaml", (old, new))
    named = [problem for problem in found if problem.rule == "schema" and says in problem.message]
    assert named, "\n".join(map(str, found))
    assert named[0].line == line_of(text, at)
    assert named[0].file == "bill.yaml"


def test_wrong_parties_do_not_bury_their_cause(broken):
    found, _text = broken("bill.yaml", ("  S: office.clerk", "  S: clerk"))
    assert {problem.message.split(":")[0] for problem in found} == {"parties.S"}


def test_faults_of_all_files_come_together(tmp_path):
    (tmp_path / "assembly.yaml").write_text("assembly: x\n")
    (tmp_path / "a.yaml").write_text("procedure: a\n")
    (tmp_path / "b.yaml").write_text("][")
    assert {problem.file for problem in check(tmp_path)} == {"assembly.yaml", "a.yaml", "b.yaml"}


LIKE = [
    ("like: bill", "like: will", 1, "like", "no file will.yaml beside it"),
    ("like: bill", "like: ../bill", 1, "like", "no file ../bill.yaml beside it"),
    ("like: bill", "like: note", 1, "like", "no file note.yaml beside it"),
    ("like: bill", "like: [bill]", 1, "like", "beside it"),
    ("titles: {en: Note}", "states: {}", 4, "schema", "states: a procedure that is like another"),
    ("version: 3\n", "", 1, "schema", "version: a procedure states its own"),
    ("version: 3", "version: 0", 3, "schema", "version: Input should be greater"),
    ("titles: {en: Note}", "titles: {fr: Note}", 4, "languages", "titles is missing in the"),
]


@pytest.mark.parametrize(("old", "new", "line", "rule", "says"), LIKE)
def test_a_file_that_is_like_another(broken, old, new, line, rule, says):
    found, _text = broken("note.yaml", (old, new))
    named = [p for p in found if p.rule == rule and says in p.message]
    assert named, "\n".join(map(str, found))
    assert (named[0].file, named[0].line) == ("note.yaml", line)


def test_like_goes_one_step_only(broken, tmp_path):
    other = tmp_path / "sample" / "memo.yaml"
    other.write_text("like: note\nprocedure: memo\nversion: 1\ntitles: {en: Memo}\n")
    found = check(tmp_path / "sample")
    assert [str(problem) for problem in found] == [
        "memo.yaml:1: [like] note.yaml is itself like another. Name the one it is like."
    ]


def test_the_base_keeps_its_faults(broken):
    """A fault of the shared table is of the file that holds it."""
    found, _text = broken("bill.yaml", ("    holder: act:lead.chair\n", ""))
    assert [(problem.file, problem.rule) for problem in found] == [("bill.yaml", "holder")]


def test_like_takes_the_table_and_its_own_name():
    note = load_procedure(SAMPLE / "note.yaml").procedure
    bill = load_procedure(SAMPLE / "bill.yaml").procedure
    assert (note.procedure, note.version, note.titles) == ("note", 3, {"en": "Note"})
    assert note.actions == bill.actions
    assert note.states == bill.states


def test_the_text_that_is_stored_is_whole():
    loaded = load_procedure(SAMPLE / "note.yaml")
    compiled = compile_text(loaded.text)
    assert compiled.definition == loaded.procedure
    assert compiled.hash == loaded.hash
    assert json.loads(loaded.text)["actions"]["begin"]["moves"][0]["from"] == ["proposed"]


def test_the_hash_follows_the_meaning(broken, tmp_path):
    """Comments and layout do not make a new text; a changed rule does."""
    before = load_procedure(SAMPLE / "bill.yaml").hash
    broken("bill.yaml", ("version: 1", "version: 1  # the first"))
    path = tmp_path / "sample" / "bill.yaml"
    assert load_procedure(path).hash == before
    broken("bill.yaml", ("{calendar_days: 3}", "{calendar_days: 4}"))
    assert load_procedure(path).hash != before


def test_yaml_1_2_keeps_no_a_word(broken):
    found, _text = broken("bill.yaml", ("{en: Talks}", "{en: no}"))
    assert found == ()
