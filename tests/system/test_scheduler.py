"""The scheduler when the clock is set back."""

from datetime import UTC, datetime, timedelta

import time_machine

from tests.conftest import settings_for
from tracker import create_app
from tracker.system.scheduler import Scheduler

NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


def test_every_job_runs_at_once_when_the_clock_was_set_back(tmp_path):
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/tracker.db"))
    celery = app.extensions["celery"]
    sent = []

    class Noting(Scheduler):
        producer = None

        def apply_async(self, entry, producer=None, advance=True, **kwargs):
            sent.append(entry.name)

    with time_machine.travel(NOON, tick=False) as moment:
        scheduler = Noting(celery)

        def run():
            sent.clear()
            while scheduler.tick() == 0:
                pass
            return sorted(sent)

        assert run() == sorted(celery.conf.beat_schedule)
        assert run() == []
        moment.shift(timedelta(seconds=1))
        assert run() == []
        moment.shift(timedelta(hours=-1))
        assert run() == sorted(celery.conf.beat_schedule)
        assert run() == []
        moment.shift(timedelta(hours=1))
        assert run() == sorted(celery.conf.beat_schedule)


def test_a_broken_connection_is_not_kept(tmp_path):
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/tracker.db"))
    celery = app.extensions["celery"]
    celery.finalize()
    scheduler = Scheduler(celery)
    first = scheduler.producer
    first.close()

    def broken(*_args, **_kwargs):
        raise ConnectionResetError

    first.publish = broken
    (entry, *_) = scheduler.schedule.values()
    scheduler.apply_entry(entry, producer=first)
    assert scheduler.producer is not first
    scheduler.apply_entry(entry, producer=scheduler.producer)
    assert [path.name for path in (tmp_path / "broker").glob("*.msg")]
