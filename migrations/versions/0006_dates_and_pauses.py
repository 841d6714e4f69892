"""dates that move, clocks that stop, reminders that pause

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-24

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = '0006'
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
COUNTED = "closed_at IS NULL AND counted_from IS NOT NULL"
SILENT = (
    "closed_at IS NULL AND (paused_at IS NOT NULL OR stopped_on IS NOT NULL"
    " OR due_state = 'cannot_compute')"
)


def upgrade():
    for column in (
        sa.Column('counted_from', sa.Date(), nullable=True),
        sa.Column('counted_days', sa.Integer(), nullable=True),
        sa.Column('first_due_on', sa.Date(), nullable=True),
        sa.Column('extended', sa.Integer(), server_default='0', nullable=False),
        sa.Column('stopped_on', sa.Date(), nullable=True),
        sa.Column('days_left', sa.Integer(), nullable=True),
        sa.Column('left_in', sa.String(), nullable=True),
        sa.Column('paused_at', INSTANT, nullable=True),
        sa.Column('paused_until', sa.Date(), nullable=True),
    ):
        op.add_column('duty', column)
    op.create_index('ix_duty_open_counted', 'duty', ['calendar', 'counted_from', 'counted_days', 'due_on'], unique=False, sqlite_where=sa.text(COUNTED), postgresql_where=sa.text(COUNTED))
    op.create_index('ix_duty_silent', 'duty', ['id'], unique=False, sqlite_where=sa.text(SILENT), postgresql_where=sa.text(SILENT))
    op.add_column('reminder', sa.Column('skipped', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('calendar_period',
    sa.Column('id', ID, nullable=False),
    sa.Column('calendar', sa.String(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.CheckConstraint('last >= first', name=op.f('ck_calendar_period_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_period')),
    sa.UniqueConstraint('calendar', 'first', 'last', name=op.f('uq_calendar_period_calendar_first_last'))
    )


def downgrade():
    op.drop_table('calendar_period')
    op.drop_column('reminder', 'skipped')
    op.drop_index('ix_duty_silent', table_name='duty')
    op.drop_index('ix_duty_open_counted', table_name='duty')
    for name in (
        'paused_until', 'paused_at', 'left_in', 'days_left', 'stopped_on', 'extended',
        'first_due_on', 'counted_days', 'counted_from',
    ):
        op.drop_column('duty', name)
