"""what people choose: how information comes, what they follow, their feed, where letters go

Revision ID: 0004
Revises: 0002
Create Date: 2026-11-24

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = '0004'
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    # Written out: SQLite takes a checked column in an ALTER TABLE, and the table is not copied.
    op.execute(
        "ALTER TABLE person ADD COLUMN information VARCHAR DEFAULT 'at_once' NOT NULL "
        "CONSTRAINT ck_person_information "
        "CHECK (information IN ('at_once', 'daily', 'weekly', 'inbox_only'))"
    )
    op.add_column('person', sa.Column('office_name', sa.String(), server_default='', nullable=False))
    op.add_column('person', sa.Column('office_email', sa.String(), nullable=True))
    op.create_table('follow',
    sa.Column('id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=True),
    sa.Column('body_key', sa.String(), nullable=True),
    sa.Column('since', INSTANT, nullable=False),
    sa.CheckConstraint('(act_id IS NULL) <> (body_key IS NULL)', name=op.f('ck_follow_one')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_follow_act_id')),
    sa.ForeignKeyConstraint(['body_key'], ['body.key'], name=op.f('fk_follow_body_key')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_follow_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow')),
    sa.UniqueConstraint('act_id', 'person_id', name=op.f('uq_follow_act_id_person_id')),
    sa.UniqueConstraint('body_key', 'person_id', name=op.f('uq_follow_body_key_person_id'))
    )
    op.create_index('ix_follow_person_id', 'follow', ['person_id'], unique=False)
    op.create_table('deadline_feed',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_deadline_feed_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_deadline_feed')),
    sa.UniqueConstraint('hash', name=op.f('uq_deadline_feed_hash'))
    )
    op.create_index('ix_notice_unread', 'notice', ['person_id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))


def downgrade():
    op.drop_index('ix_notice_unread', table_name='notice', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    op.drop_table('deadline_feed')
    op.drop_index('ix_follow_person_id', table_name='follow')
    op.drop_table('follow')
    op.drop_column('person', 'office_email')
    op.drop_column('person', 'office_name')
    op.drop_column('person', 'information')
