"""The first fault of `make faults`, five kills of each program, on servers of our own: nothing is
lost, doubled or forgotten, and all is well again within a minute.
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


@pytest.mark.parametrize("stack", ["PostgreSQL and RabbitMQ", "SQLite and files"])
def test_all_is_well_within_a_minute_of_kills(stack, capsys):
    for kind in STACKS[stack]:
        need(kind.__name__, kind.installed())
    one = Installation(stack, owed=EACH)
    with one.running():
        trial = Course(one).try_out("killed", trials.kills(KILLS), 5.0)
        with capsys.disabled():
            print("\n" + line(trial))
        assert trial.ok, (trial, one.load.answers)
