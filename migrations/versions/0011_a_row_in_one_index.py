"""a row in one index

Revision ID: 0011
Revises: 0010

A new notice stood in three indexes of its person, a duty in that of persons and in that of seats.
Now each stands in one of two, and what waits for a person is found where all that waits is. Every
step of an act writes five notices, and closes and opens a duty. The latest acts of a stage, and the
public ones, are read in the order of their index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = "state IN ('queued', 'sending') AND leader_id IS NULL"
PERSON, SEAT = ["person_id", "due_on"], ["body_key", "role", "due_on"]


def _index(name: str, table: str, columns: list[str], where: str | None) -> None:
    only = sa.text(where) if where else None
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def _drop(table: str, *names: str) -> None:
    for name in names:
        op.drop_index(name, table_name=table)


def upgrade() -> None:
    _drop("act", "ix_act_stage_state")
    _index("ix_act_stage", "act", ["stage", "id"], None)
    _index("ix_act_visibility", "act", ["visibility", "id"], None)
    _drop("notice", "ix_notice_crowd", "ix_notice_waiting")
    _index("ix_notice_waiting", "notice", ["due_at", "id", "person_id"], WAITING)
    _drop("notice", "ix_notice_person", "ix_notice_unread")
    _index("ix_notice_unread", "notice", ["person_id", "id"], "read_at IS NULL")
    _index("ix_notice_read", "notice", ["person_id", "id"], "read_at IS NOT NULL")
    _drop("duty", "ix_duty_open_person", "ix_duty_open_seat")
    _index("ix_duty_open_person", "duty", PERSON, "closed_at IS NULL AND person_id IS NOT NULL")
    _index("ix_duty_open_seat", "duty", SEAT, "closed_at IS NULL AND role IS NOT NULL")


def downgrade() -> None:
    _drop("duty", "ix_duty_open_person", "ix_duty_open_seat")
    _index("ix_duty_open_seat", "duty", SEAT, "closed_at IS NULL")
    _index("ix_duty_open_person", "duty", PERSON, "closed_at IS NULL")
    _drop("notice", "ix_notice_read", "ix_notice_unread")
    _index("ix_notice_unread", "notice", ["person_id"], "read_at IS NULL")
    _index("ix_notice_person", "notice", ["person_id", "id"], None)
    _drop("notice", "ix_notice_waiting")
    _index("ix_notice_waiting", "notice", ["due_at", "id"], WAITING)
    _index("ix_notice_crowd", "notice", ["person_id"], WAITING)
    _drop("act", "ix_act_visibility", "ix_act_stage")
    _index("ix_act_stage_state", "act", ["stage", "state"], None)
