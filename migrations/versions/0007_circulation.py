"""rounds of circulation

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-24

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = '0007'
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table('circulation',
    sa.Column('id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('opened_n', sa.Integer(), nullable=False),
    sa.Column('opened_at', INSTANT, nullable=False),
    sa.Column('opened_by', ID, nullable=True),
    sa.Column('closed_n', sa.Integer(), nullable=True),
    sa.Column('closed_at', INSTANT, nullable=True),
    sa.Column('closed_why', sa.String(), nullable=True),
    sa.CheckConstraint("closed_why IN ('by_hand', 'by_date', 'left', 'corrected')", name=op.f('ck_circulation_why')),
    sa.CheckConstraint('(closed_n IS NULL) = (closed_at IS NULL)', name=op.f('ck_circulation_closed_at')),
    sa.CheckConstraint('(closed_n IS NULL) = (closed_why IS NULL)', name=op.f('ck_circulation_closed')),
    sa.CheckConstraint('until_on >= due_on', name=op.f('ck_circulation_until')),
    sa.ForeignKeyConstraint(['act_id', 'visit'], ['visit.act_id', 'visit.n'], name=op.f('fk_circulation_act_id_visit')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_circulation_act_id')),
    sa.ForeignKeyConstraint(['opened_by'], ['person.id'], name=op.f('fk_circulation_opened_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circulation')),
    sa.UniqueConstraint('act_id', 'n', name=op.f('uq_circulation_act_id_n'))
    )
    op.create_index('ix_circulation_open', 'circulation', ['until_on', 'id'], unique=False, sqlite_where=sa.text('closed_n IS NULL'), postgresql_where=sa.text('closed_n IS NULL'))
    op.create_table('circulation_addressee',
    sa.Column('id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('body_key', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('address', sa.String(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('brought', sa.Boolean(), nullable=False),
    sa.Column('answered_n', sa.Integer(), nullable=True),
    sa.CheckConstraint('(body_key IS NULL) = (name IS NOT NULL)', name=op.f('ck_circulation_addressee_who')),
    sa.CheckConstraint('address IS NULL OR name IS NOT NULL', name=op.f('ck_circulation_addressee_address')),
    sa.ForeignKeyConstraint(['act_id', 'round'], ['circulation.act_id', 'circulation.n'], name=op.f('fk_circulation_addressee_act_id_round')),
    sa.ForeignKeyConstraint(['body_key'], ['body.key'], name=op.f('fk_circulation_addressee_body_key')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circulation_addressee')),
    sa.UniqueConstraint('act_id', 'round', 'body_key', name=op.f('uq_circulation_addressee_act_id_round_body_key'))
    )
    op.create_table('circulation_extension',
    sa.Column('id', ID, nullable=False),
    sa.Column('addressee_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('former_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('granted_at', INSTANT, nullable=False),
    sa.Column('granted_by', ID, nullable=True),
    sa.CheckConstraint('due_on > former_on', name=op.f('ck_circulation_extension_later')),
    sa.ForeignKeyConstraint(['addressee_id'], ['circulation_addressee.id'], name=op.f('fk_circulation_extension_addressee_id')),
    sa.ForeignKeyConstraint(['granted_by'], ['person.id'], name=op.f('fk_circulation_extension_granted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circulation_extension'))
    )
    op.create_index(op.f('ix_circulation_extension_addressee_id'), 'circulation_extension', ['addressee_id'], unique=False)
    op.create_table('circulation_reply',
    sa.Column('id', ID, nullable=False),
    sa.Column('addressee_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('chamber', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('asks_until', sa.Date(), nullable=True),
    sa.Column('letter_ref', sa.String(), nullable=True),
    sa.Column('letter_on', sa.Date(), nullable=True),
    sa.Column('filename', sa.String(), nullable=True),
    sa.Column('media_type', sa.String(), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('counts_on', sa.Date(), nullable=False),
    sa.Column('given_at', INSTANT, nullable=False),
    sa.Column('given_by', ID, nullable=True),
    sa.Column('recorded', sa.Boolean(), nullable=False),
    sa.CheckConstraint("asks_until IS NULL OR kind = 'extension'", name=op.f('ck_circulation_reply_asks_until')),
    sa.CheckConstraint("kind IN ('no_remarks', 'remarks', 'not_supported', 'not_participating', 'extension')", name=op.f('ck_circulation_reply_kind')),
    sa.CheckConstraint('(sha256 IS NULL) = (filename IS NULL) AND (sha256 IS NULL) = (media_type IS NULL) AND (sha256 IS NULL) = (size IS NULL)', name=op.f('ck_circulation_reply_file')),
    sa.CheckConstraint('NOT recorded OR letter_ref IS NOT NULL', name=op.f('ck_circulation_reply_recorded')),
    sa.CheckConstraint('chamber >= 1', name=op.f('ck_circulation_reply_chamber')),
    sa.ForeignKeyConstraint(['addressee_id'], ['circulation_addressee.id'], name=op.f('fk_circulation_reply_addressee_id')),
    sa.ForeignKeyConstraint(['given_by'], ['person.id'], name=op.f('fk_circulation_reply_given_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circulation_reply'))
    )
    op.create_index(op.f('ix_circulation_reply_addressee_id'), 'circulation_reply', ['addressee_id'], unique=False)


def downgrade():
    op.drop_index(op.f('ix_circulation_reply_addressee_id'), table_name='circulation_reply')
    op.drop_table('circulation_reply')
    op.drop_index(op.f('ix_circulation_extension_addressee_id'), table_name='circulation_extension')
    op.drop_table('circulation_extension')
    op.drop_table('circulation_addressee')
    op.drop_index('ix_circulation_open', table_name='circulation', sqlite_where=sa.text('closed_n IS NULL'), postgresql_where=sa.text('closed_n IS NULL'))
    op.drop_table('circulation')
