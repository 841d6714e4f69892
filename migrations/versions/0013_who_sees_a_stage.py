"""who sees a stage

Revision ID: 0013
Revises: 0012

A board looks through a stage for the acts that one may see: whether an act is public is read in the
index, without the act.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_act_stage", table_name="act")
    op.create_index("ix_act_stage", "act", ["stage", "id", "visibility"])


def downgrade() -> None:
    op.drop_index("ix_act_stage", table_name="act")
    op.create_index("ix_act_stage", "act", ["stage", "id"])
