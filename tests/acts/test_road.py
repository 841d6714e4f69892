"""An act walks from proposal to dispatch by operations alone."""

from sqlalchemy import select

from tests.road import bring_to
from tracker.acts.models import Act, ActNumber
from tracker.db import db
from tracker.notices.models import Notice
from tracker.timeline.models import TimelineEntry


def test_the_usual_road_ends_dispatched(app, as_, now, tmp_path):
    reference = bring_to("dispatched", as_, now, tmp_path)
    act = db.session.scalar(select(Act).where(Act.reference == reference))
    entries = db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.n)).all()
    assert act.state == "dispatched"
    assert act.version == entries[-1].n == len(entries)
    assert [entry.action for entry in entries] == [
        "propose",
        "start_drafting",
        "deliver_edition",
        "submit_to_eab",
        "assign_review",
        "file_opinion",
        "refer_to_commission",
        "approve_in_commission",
        "give_position",
        "include_in_agenda",
        "adopt",
        "dispatch",
    ]
    assert db.session.scalars(select(ActNumber.number)).all() == ["18-3.5"]
    told = set(db.session.scalars(select(Notice.name)))
    assert {"proposal_registered", "draft_referred", "draft_approved", "act_adopted"} <= told
