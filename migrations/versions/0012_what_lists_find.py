"""what lists find

Revision ID: 0012
Revises: 0011

A desk finds what others owe by its kind. An act is searched for by its reference, too: it stands
beside the titles, so that a search reads one table. The register finds a number by itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
REFERENCE = "(SELECT lower(act.reference) FROM act WHERE act.id = heading.act_id)"


def _index(name: str, columns: list[str]) -> None:
    op.create_index(name, "duty", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def upgrade() -> None:
    op.drop_index("ix_duty_open_due", table_name="duty")
    _index("ix_duty_open_kind", ["kind", "due_on"])
    op.execute(f"UPDATE heading SET search = {REFERENCE} || ' \n' || search")
    op.create_index("ix_act_number_number", "act_number", ["number"])


def downgrade() -> None:
    op.drop_index("ix_act_number_number", table_name="act_number")
    op.execute(f"UPDATE heading SET search = substr(search, length({REFERENCE}) + 3)")
    op.drop_index("ix_duty_open_kind", table_name="duty")
    _index("ix_duty_open_due", ["due_on", "id"])
