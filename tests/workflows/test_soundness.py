"""Every rule: a sound file is broken in that way, and the fault is named with its line."""

import pytest

from tests.workflows.breaking import check, fault, line_of
from tests.workflows.world import SAMPLE
from workflows.loader import load_assembly
from workflows.soundness import check_assembly, problems


def test_the_sample_and_the_shipped_assembly_are_sound():
    assert check(SAMPLE) == ()
    check_assembly(load_assembly("csto_pa"))


PROCEDURE = [
    fault(
        "unique",
        "  drop:\n    titles",
        "  begin:\n    titles",
        "duplicate key",
        at="  begin:\n    titles: {en: Drop}",
    ),
    fault(
        "schema",
        "  talks:\n    stage",
        "  Talks:\n    stage",
        "not a well-formed name",
        at="  Talks:\n",
    ),
    fault(
        "initial",
        "    stage: text\n    titles: {en: Drafting}",
        "    stage: text\n    initial: true\n    titles: {en: Drafting}",
        "2 initial states",
        at="  drafting:\n    stage",
    ),
    fault("initial", "    initial: true\n", "", "0 initial states", at="states:\n  proposed"),
    fault(
        "final_exit",
        "from: [proposed, drafting, reading, talks]",
        "from: [proposed, drafting, reading, talks, adopted]",
        "leaves the final state adopted",
        at="      - {from: [proposed, drafting, reading, talks",
    ),
    fault(
        "unreachable",
        "to: talks, who: B}",
        "to: reading, who: B}",
        "nothing leads from proposed to talks",
        at="  talks:\n",
    ),
    fault(
        "no_end",
        "    final: true\n    titles: {en: Dropped}",
        "    titles: {en: Dropped}",
        "an act in dropped can never end",
        at="  dropped:\n",
    ),
    fault(
        "shadowed",
        "from: [proposed, drafting]",
        "from: [proposed, drafting, proposed]",
        "stands twice",
        at="      - {from: [proposed, drafting, proposed]",
    ),
    fault(
        "dead",
        "from: [proposed, drafting]",
        "from: []",
        "starts from no state",
        at="      - {from: []",
    ),
    fault(
        "dead",
        "    moves:\n      - {from: [proposed, drafting], to: stays, who: S}",
        "    moves: []",
        "rename moves nothing",
        at="  rename:\n",
    ),
    fault(
        "dead",
        "    within: [assign_review]\n",
        "",
        "can never pass its guard opinion_given",
        at="      - {from: reading, to: talks",
    ),
    fault(
        "dead",
        "    within: [upload_edition]\n",
        "",
        "can never pass its guard new_edition",
        at="      - {from: drafting, to: reading",
    ),
    fault(
        "no_role",
        "to: dropped, who: S}",
        "to: dropped}",
        "nobody may fire drop",
        at="      - {from: [proposed, drafting, reading, talks",
    ),
    fault(
        "stages",
        "    stage: talk\n",
        "    stage: talking\n",
        "talking, which does not exist",
        at="    stage: talking",
    ),
    fault(
        "states",
        "to: talks, who: B}",
        "to: talk, who: B}",
        "goes to talk, which",
        at="      - {from: reading, to: talk,",
    ),
    fault(
        "states",
        "- {from: reading, to: talks",
        "- {from: readings, to: talks",
        "goes from readings, which",
        at="- {from: readings",
    ),
    fault(
        "states",
        "  dropped:\n    stage",
        "  stays:\n    stage",
        "which means no state",
        at="  stays:\n",
    ),
    fault(
        "guards",
        "guards: [new_edition]",
        "guards: [newer_edition]",
        "newer_edition, which does not exist",
    ),
    fault("guards", "warns: [memorandum_missing]", "warns: [new_edition]", "warns of new_edition"),
    fault("roles", "  B: board.chair", "  B: board.boss", "boss is no role"),
    fault("roles", "  B: board.chair", "  B: board.envoy", "nobody can be envoy there"),
    fault("bodies", "  B: board.chair", "  B: bord.chair", "no body bord"),
    fault(
        "bodies",
        '  K: ["act:lead.chair"]',
        '  K: ["act:leading.chair"]',
        "an act has no body called leading",
        at='  K: ["act:leading',
    ),
    fault(
        "bodies",
        '"kind:parliament"]',
        '"kind:parlament"]',
        "names no body",
        at='    concerns: ["act:lead"',
    ),
    fault("bodies", "concerns: [board,", "concerns: [bord,", "bord names no body"),
    fault(
        "bodies", "    body: board\n", "    body: bord\n", "bord names no body", at="    body: bord"
    ),
    fault(
        "bodies",
        "who: B, body: board}",
        "who: B, body: act:load}",
        "act:load names no body",
        at="      - {from: reading, to: drafting",
    ),
    fault(
        "forms",
        "fields: {reason: required}",
        "fields: {raison: required}",
        "no form knows the field raison",
        at="    fields: {raison",
    ),
    fault(
        "forms",
        "fields: {titles: required}",
        "fields: {titles: if_unknown}",
        "nothing tells whether titles is unknown",
        at="    fields: {titles: if",
    ),
    fault(
        "forms",
        "within: [give_position, record_decision]",
        "within: [give_position, record_decision, sing]",
        "sing, which does not exist",
        at="    within: [give_position",
    ),
    fault(
        "notices",
        "warns: [memorandum_missing]\n    notices: [begun]",
        "warns: [memorandum_missing]\n    notices: [began]",
        "began, which does not exist",
        at="    notices: [began]",
    ),
    fault(
        "notices",
        "  opinion_filed: [B]\n",
        "",
        "opinion_filed tells nobody",
        at="    within: [assign_review]",
    ),
    fault(
        "notices",
        "  step_requested: [S]\n",
        "",
        "nobody is told",
        at="      - {from: proposed, to: drafting, who: S",
    ),
    fault(
        "roles",
        "  review_declined: [B]",
        "  review_declined: [board.elder]",
        "nobody can be elder there",
        at="  review_declined:",
    ),
    fault(
        "holder",
        "    holder: act:lead.chair\n",
        "",
        "nobody holds an act in talks",
        at="  talks:\n",
    ),
    fault(
        "due",
        "    no_duty: {en: authors take their time}\n",
        "",
        "no reason says why",
        at="  drafting:\n    stage",
    ),
    fault(
        "duties",
        "    duties: [talk]\n",
        "    duties: [talking]\n",
        "talking, which does not exist",
        at="    duties: [talking]",
    ),
    fault(
        "duties",
        "  request:\n    titles: {en: Answer}",
        "  answer:\n    titles: {en: Answer}",
        "nobody owes an answer",
        at="      - {from: proposed, to: drafting, who: S",
    ),
    fault(
        "reminders",
        "    due: {calendar_days: 3}\n    reminders: gentle",
        "    due: {calendar_days: 3}\n    reminders: harsh",
        "harsh, which does not exist",
        at="    reminders: harsh",
    ),
    fault(
        "calendars",
        "calendar: lakes}",
        "calendar: moon}",
        "moon, which does not exist",
        at="    due: {calendar_days: 10",
    ),
    fault("numbers", "number: yearly", "number: monthly", "monthly, which does not exist"),
    fault(
        "numbers",
        "fields: {serial: required}",
        "fields: {serial: optional}",
        "a serial that it does not require",
        at="    number: yearly",
    ),
    fault(
        "unique",
        "{id: after, days: 1,",
        "{id: before, days: 1,",
        "the step before 2 times",
        at="    - {id: before, days: -2}",
    ),
    fault(
        "languages",
        "explain: {en: It is done.}",
        "explain: {fr: C’est fait.}",
        "missing in the authentic language en",
        at="    explain: {fr",
    ),
    fault(
        "languages",
        "explain: {en: It is done.}",
        "explain: {en: It is done., de: Getan.}",
        "no language of the assembly",
        at="    explain: {en: It is done., de",
    ),
    fault(
        "languages",
        "waits: {en: a beginning}",
        "waits: {fr: un début}",
        "missing in the authentic",
        at="    waits: {fr",
    ),
    fault(
        "languages",
        "not_set: {en: the sitting is not fixed}",
        "not_set: {fr: pas fixé}",
        "missing in the authentic",
        at="    due: {not_set",
    ),
    fault(
        "must_pass",
        "to: talks, who: B}",
        "to: talks, who: B}\n  jump:\n    titles: {en: J}\n    done: {en: J}\n"
        "    moves: [{from: proposed, to: talks, who: S}]",
        "can become adopted without refer",
        at="  - {to: adopted, through: refer}",
    ),
    fault(
        "must_pass",
        "{to: adopted, through: reading}",
        "{to: adopted, through: listening}",
        "no such state or action",
        at="  - {to: adopted, through: listening}",
    ),
    fault(
        "scenarios",
        "walk: [S begin, S submit, B refer, S drop]",
        "walk: [S begin, S submit, K refer, S drop]",
        "'K refer' in reading, which is not possible",
        at="  - {title: dropped in talks",
    ),
    fault(
        "scenarios",
        "ends: adopted",
        "ends: dropped",
        "ends in adopted, not in dropped",
        at="  - title: the usual road",
    ),
    fault(
        "scenarios",
        "    walk: [S drop]\n    refused: S begin",
        "    walk: [S rename]\n    refused: S begin",
        "wants 'S begin' refused in proposed",
        at="  - title: dropped at once",
    ),
    fault(
        "scenarios",
        "refused: S begin",
        "refused: S beginn",
        "no PARTY and action",
        at="  - title: dropped at once",
    ),
    fault(
        "uncovered",
        "  - {title: dropped in talks, walk: [S begin, S submit, B refer, S drop]}\n",
        "",
        "no scenario takes drop from talks",
        at="      - {from: [proposed, drafting, reading, talks",
    ),
    fault(
        "unique",
        "{id: early, days: -3}",
        "{id: by_hand, days: -3}",
        "the step by_hand, which means none of a plan",
    ),
    fault(
        "discretion",
        "{id: early, days: -3}",
        "{id: early, days: 1}",
        "early tells the office that owes it after the day that talk is late",
    ),
    fault(
        "discretion",
        "{id: early, days: -3}",
        "{id: early, days: -3, every: 2, times: 3}",
        "early tells the office that owes it",
    ),
    fault(
        "discretion",
        "to: office.clerk}\n\nnotices",
        "to: board.chair}\n\nnotices",
        "told tells board.chair after the day that talk is late",
        at="    - {id: told",
    ),
    fault(
        "discretion",
        "to: office.clerk}\n\nnotices",
        'to: "act:lead.chair"}\n\nnotices',
        "told tells act:lead.chair after",
        at="    - {id: told",
    ),
    fault(
        "due",
        "    reminders: courteous\n",
        "    reminders: courteous\n    stops: true\n",
        "the clock of talk may stop, and nothing runs",
        at="    stops: true",
    ),
    fault(
        "unique",
        "  rename:\n",
        "  request:\n",
        "asking for a step",
        at="  request:\n    titles: {en: Rename}",
    ),
]


@pytest.mark.parametrize(("rule", "old", "new", "says", "at"), PROCEDURE)
def test_a_broken_procedure_is_named(broken, rule, old, new, says, at):
    found, text = broken("bill.yaml", (old, new))
    named = [problem for problem in found if problem.rule == rule and says in problem.message]
    assert named, "\n".join(map(str, found))
    assert named[0].file == "bill.yaml"
    assert named[0].line == line_of(text, at)
    assert named[0].remedy.endswith(".")


def test_without_a_final_state_nothing_ends(broken):
    found, text = broken(
        "bill.yaml",
        ("    final: true\n    titles: {en: Adopted}", "    titles: {en: Adopted}"),
        ("    final: true\n    titles: {en: Dropped}", "    titles: {en: Dropped}"),
    )
    assert ("final", line_of(text, "states:\n")) in [(p.rule, p.line) for p in found]


def test_every_fault_is_named_at_once(broken):
    found, _text = broken(
        "bill.yaml",
        ("guards: [new_edition]", "guards: [sun_shines]"),
        ("fields: {reason: required}", "fields: {raison: required}"),
        ("    holder: act:lead.chair\n", ""),
    )
    assert {problem.rule for problem in found} == {"guards", "forms", "holder"}


def test_a_fault_of_a_shared_table_is_named_once(broken):
    found, _text = broken("bill.yaml", ("guards: [new_edition]", "guards: [sun_shines]"))
    (problem,) = found
    assert str(problem).startswith(
        "bill.yaml:71: [guards] submit is guarded by sun_shines, which does not exist. Use one of: "
    )


def test_a_notice_needs_its_texts():
    loaded = load_assembly(str(SAMPLE))
    bill = next(f for f in loaded.procedures if f.procedure.procedure == "bill")
    known = frozenset(bill.procedure.notices)
    assert problems(bill, loaded.assembly, known) == []
    (problem,) = problems(bill, loaded.assembly, known - {"begun"})
    assert (problem.rule, problem.message) == ("notices", "the notice begun has no text")
