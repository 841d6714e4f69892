"""Every rule of `assembly.yaml`: it is broken in that way, and the fault is named with its line."""

import pytest

from tests.workflows.breaking import fault, line_of

ASSEMBLY = [
    fault("languages", "authentic: en", "authentic: de", "de, which does not exist"),
    fault(
        "languages",
        "office: {kind: secretariat, titles: {en: Office}",
        "office: {kind: secretariat, titles: {fr: Office}",
        "missing in the authentic language en",
    ),
    fault("zone", "zone: Europe/Zurich", "zone: Europe/Atlantis", "no time zone"),
    fault("zone", "zone: Europe/Zurich", "zone: ../etc/passwd", "no time zone"),
    fault(
        "reference",
        "L-{year}-{serial}",
        "L {year}/{serial}",
        "which is no reference",
        at="reference:",
    ),
    fault("reference", "L-{year}-{serial}", "L-{year}", "every act of a year", at="reference:"),
    fault("reference", "L-{year}-{serial}", "L-{years}", "cannot be filled in", at="reference:"),
    fault(
        "bodies", "drafting_body: authors", "drafting_body: poets", "poets, which does not exist"
    ),
    fault(
        "bodies", "addressees: kind:parliament.envoy", "addressees: herald.envoy", "no body herald"
    ),
    fault("roles", "experts: board.reader", "experts: board.sage", "sage is no role"),
    fault(
        "roles",
        "upload_edition: [act:drafting.author]",
        "upload_edition: [office.author]",
        "nobody can be author there",
    ),
    fault(
        "roles",
        "roles: [chair, reader]",
        "roles: [chair, reader, sage]",
        "sage, which does not exist",
        at="  board: {kind",
    ),
    fault(
        "members",
        "{kind: parliament, member: north,",
        "{kind: parliament, member: east,",
        "east, which does not exist",
        at="  north: {kind",
    ),
    fault(
        "calendars",
        "country: CH",
        "country: XX",
        "no public holidays are known",
        at="  assembly: {c",
    ),
    fault(
        "calendars", "lakes: {known_through: 2030, days_off", "lakes: {days_off", "knows no year"
    ),
    fault(
        "calendars",
        "2027-03-01: Day of the Lakes}",
        "2027-03-01: Day}, working: [2027-03-01]",
        "both working and off",
        at="  lakes: {known",
    ),
    fault(
        "calendars",
        "calendar: lakes}",
        "calendar: ponds}",
        "ponds, which does not exist",
        at="  south: {t",
    ),
    fault(
        "kinds",
        "note: {titles: {en: note}, procedure: note}",
        "note: {titles: {en: note}, procedure: notes}",
        "notes, which does not exist",
    ),
    fault("numbers", "{serial}/{year}", "{serial}/{month}", "makes no number", at="  yearly:"),
    fault("numbers", "{serial}/{year}", "{year}", "makes no number", at="  yearly:"),
    fault("numbers", '"[0-9]+"', '"[0-9"', "is no pattern", at="  yearly:"),
    fault("decisions", "decision: {elders:", "decision: {elder:", "elder, which does not exist"),
    fault("decisions", "quorum: {elders: 2}", "quorum: {board: 2}", "board, which does not exist"),
    fault(
        "decisions",
        "quorum: {elders: 2}",
        "quorum: {elders: 0}",
        "must be 1 or more",
        at="decision: {",
    ),
    fault(
        "decisions",
        "elders: consensus",
        "elders: majority_of_delegations",
        "at_least",
        at="decision: {",
    ),
    fault("schema", "elders: consensus", "elders: coin_toss", "decision.elders", at="decision: {"),
    fault("schema", "kind: board,", "kind: bored,", "bodies.board.kind", at="  board: {"),
]


@pytest.mark.parametrize(("rule", "old", "new", "says", "at"), ASSEMBLY)
def test_a_broken_assembly_is_named(broken, rule, old, new, says, at):
    found, text = broken("assembly.yaml", (old, new))
    named = [problem for problem in found if problem.rule == rule and says in problem.message]
    assert named, "\n".join(map(str, found))
    assert named[0].file == "assembly.yaml"
    assert named[0].line == line_of(text, at)
    assert named[0].remedy.endswith(".")


def test_a_procedure_has_one_file(broken):
    found, _text = broken("note.yaml", ("procedure: note", "procedure: bill"))
    assert [(p.file, p.line, p.rule) for p in found if p.rule == "unique"] == [
        ("bill.yaml", 1, "unique"),
        ("note.yaml", 2, "unique"),
    ]
