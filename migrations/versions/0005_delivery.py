"""several notices in one mail, refused addresses, edited words

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-24

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = '0005'
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
WAITING = sa.text("state IN ('queued', 'sending') AND leader_id IS NULL")
WAITED = sa.text("state IN ('queued', 'sending')")
MAILED = sa.text("state = 'sent' AND leader_id IS NULL")
FOLDED = sa.text("leader_id IS NOT NULL")


def partial(name, columns, where):
    op.create_index(name, 'notice', columns, sqlite_where=where, postgresql_where=where)


def upgrade():
    op.add_column('notice', sa.Column('bundle', sa.String(), server_default='news', nullable=False))
    # In words of its own: Alembic would add the constraints apart, which SQLite cannot.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE notice ADD COLUMN leader_id {number}"
        " CONSTRAINT fk_notice_leader_id_notice REFERENCES notice (id)"
        " CONSTRAINT ck_notice_leader CHECK (leader_id < id)"
    )
    op.add_column('notice', sa.Column('folded', sa.Integer(), server_default='0', nullable=False))
    op.drop_index('ix_notice_waiting', 'notice')
    partial('ix_notice_waiting', ['due_at', 'id'], WAITING)
    partial('ix_notice_crowd', ['person_id'], WAITING)
    partial('ix_notice_mailed', ['person_id', 'sent_at'], MAILED)
    partial('ix_notice_leader', ['leader_id'], FOLDED)
    op.create_table('refused_address',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('since', INSTANT, nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_refused_address_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_refused_address'))
    )
    op.create_table('notice_wording',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('since', INSTANT, nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.CheckConstraint('(subject IS NULL) = (body IS NULL)', name=op.f('ck_notice_wording_whole')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_wording_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_wording'))
    )
    op.create_index('ix_notice_wording_name', 'notice_wording', ['name', 'language', 'id'])


def downgrade():
    op.drop_table('notice_wording')
    op.drop_table('refused_address')
    for name in ('ix_notice_leader', 'ix_notice_mailed', 'ix_notice_crowd', 'ix_notice_waiting'):
        op.drop_index(name, 'notice')
    partial('ix_notice_waiting', ['due_at', 'id'], WAITED)
    op.drop_column('notice', 'folded')
    op.drop_column('notice', 'leader_id')
    op.drop_column('notice', 'bundle')
