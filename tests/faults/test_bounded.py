"""A few of the faults of `make faults`, on servers of our own: nothing is lost, doubled or
forgotten, and all is well again within a minute.
"""

from __future__ import annotations

import pytest

from tests.conftest import need
from tests.faults import trials
from tests.faults.course import EACH, Course
from tests.faults.installation import STACKS, Installation
from tests.faults.report import line

pytestmark = pytest.mark.faults
KILLS = 5
FAULTS = {
    "PostgreSQL and RabbitMQ": [
        ("killed", trials.kills(KILLS)),
        ("broker stopped and started", trials.broker_outage),
    ],
    "SQLite and files": [("killed", trials.kills(KILLS))],
}


@pytest.mark.parametrize("stack", FAULTS)
def test_all_is_well_within_a_minute_of_a_fault(stack, monkeypatch, capsys):
    for kind in STACKS[stack]:
        need(kind.__name__, kind.installed())
    monkeypatch.setattr(trials, "OUTAGE", 4.0)
    faults = FAULTS[stack]
    one = Installation(stack, owed=EACH * len(faults))
    with one.running():
        course = Course(one)
        for name, harm in faults:
            trial = course.try_out(name, harm, 5.0)
            with capsys.disabled():
                print("\n" + line(trial))
            assert trial.ok, (trial, one.load.answers)
