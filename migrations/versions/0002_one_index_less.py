"""one index less

Revision ID: 0002
Revises: 0001

The index over the open duties of an act: that over all of its duties, a handful, serves as well.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_duty_open_act", table_name="duty")


def downgrade() -> None:
    op.create_index(
        "ix_duty_open_act", "duty", ["act_id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
