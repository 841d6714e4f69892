"""remarks

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-24

"""
import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = '0009'
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table('remark',
    sa.Column('id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('eid', sa.String(), nullable=True),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('ordering', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('wording', sa.Text(), nullable=True),
    sa.Column('author_person', ID, nullable=True),
    sa.Column('author_body', sa.String(), nullable=True),
    sa.Column('author_name', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('review_id', ID, nullable=True),
    sa.Column('reply_id', ID, nullable=True),
    sa.Column('letter_ref', sa.String(), nullable=True),
    sa.Column('recorded_at', INSTANT, nullable=False),
    sa.Column('recorded_n', sa.Integer(), nullable=False),
    sa.Column('response', sa.String(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('proposed_by', ID, nullable=True),
    sa.Column('proposed_at', INSTANT, nullable=True),
    sa.Column('confirmed_by', ID, nullable=True),
    sa.Column('confirmed_at', INSTANT, nullable=True),
    sa.Column('carried_by', sa.Integer(), nullable=True),
    sa.Column('assigned_to', ID, nullable=True),
    sa.Column('merged_into', ID, nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("carried_by IS NULL OR (response IS NOT NULL AND response IN ('accepted', 'partly') AND carried_by > edition)", name=op.f('ck_remark_carried')),
    sa.CheckConstraint("kind IN ('legal', 'editorial', 'substantive', 'treaty', 'national_law', 'other')", name=op.f('ck_remark_kind')),
    sa.CheckConstraint("response IS NULL OR response IN ('accepted', 'partly', 'not_accepted', 'noted')", name=op.f('ck_remark_response')),
    sa.CheckConstraint("source <> 'reply' OR reply_id IS NOT NULL", name=op.f('ck_remark_reply')),
    sa.CheckConstraint("source <> 'review' OR review_id IS NOT NULL", name=op.f('ck_remark_review')),
    sa.CheckConstraint("source IN ('review', 'reply', 'import', 'entered')", name=op.f('ck_remark_source')),
    sa.CheckConstraint("text <> '' OR wording IS NOT NULL", name=op.f('ck_remark_words')),
    sa.CheckConstraint('(confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL OR response IS NOT NULL)', name=op.f('ck_remark_confirmed')),
    sa.CheckConstraint('(response IS NULL) = (proposed_by IS NULL) AND (response IS NULL) = (proposed_at IS NULL)', name=op.f('ck_remark_proposed')),
    sa.CheckConstraint('author_person IS NOT NULL OR author_body IS NOT NULL OR author_name IS NOT NULL', name=op.f('ck_remark_author')),
    sa.CheckConstraint('merged_into IS NULL OR (merged_into < id AND response IS NULL)', name=op.f('ck_remark_merged')),
    sa.CheckConstraint('reason IS NULL OR response IS NOT NULL', name=op.f('ck_remark_reason')),
    sa.ForeignKeyConstraint(['act_id', 'carried_by'], ['edition.act_id', 'edition.n'], name=op.f('fk_remark_act_id_carried_by')),
    sa.ForeignKeyConstraint(['act_id', 'edition'], ['edition.act_id', 'edition.n'], name=op.f('fk_remark_act_id_edition')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_remark_act_id')),
    sa.ForeignKeyConstraint(['assigned_to'], ['person.id'], name=op.f('fk_remark_assigned_to')),
    sa.ForeignKeyConstraint(['author_body'], ['body.key'], name=op.f('fk_remark_author_body')),
    sa.ForeignKeyConstraint(['author_person'], ['person.id'], name=op.f('fk_remark_author_person')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['person.id'], name=op.f('fk_remark_confirmed_by')),
    sa.ForeignKeyConstraint(['merged_into'], ['remark.id'], name=op.f('fk_remark_merged_into')),
    sa.ForeignKeyConstraint(['proposed_by'], ['person.id'], name=op.f('fk_remark_proposed_by')),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_remark_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remark')),
    sa.UniqueConstraint('act_id', 'n', name=op.f('uq_remark_act_id_n'))
    )
    op.create_index('ix_remark_act', 'remark', ['act_id', 'edition', 'ordering', 'id'], unique=False)
    op.create_index(op.f('ix_remark_assigned_to'), 'remark', ['assigned_to'], unique=False)
    op.create_index(op.f('ix_remark_author_person'), 'remark', ['author_person'], unique=False)
    op.create_index(op.f('ix_remark_merged_into'), 'remark', ['merged_into'], unique=False)
    op.create_index(op.f('ix_remark_reply_id'), 'remark', ['reply_id'], unique=False)
    op.create_index(op.f('ix_remark_review_id'), 'remark', ['review_id'], unique=False)
    op.create_table('former_answer',
    sa.Column('id', ID, nullable=False),
    sa.Column('remark_id', ID, nullable=False),
    sa.Column('response', sa.String(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('proposed_by', ID, nullable=False),
    sa.Column('proposed_at', INSTANT, nullable=False),
    sa.Column('confirmed_by', ID, nullable=True),
    sa.Column('confirmed_at', INSTANT, nullable=True),
    sa.Column('ended_by', ID, nullable=False),
    sa.Column('ended_at', INSTANT, nullable=False),
    sa.Column('ended_why', sa.Text(), nullable=True),
    sa.CheckConstraint("response IN ('accepted', 'partly', 'not_accepted', 'noted')", name=op.f('ck_former_answer_response')),
    sa.CheckConstraint('(confirmed_by IS NULL) = (confirmed_at IS NULL)', name=op.f('ck_former_answer_confirmed')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['person.id'], name=op.f('fk_former_answer_confirmed_by')),
    sa.ForeignKeyConstraint(['ended_by'], ['person.id'], name=op.f('fk_former_answer_ended_by')),
    sa.ForeignKeyConstraint(['proposed_by'], ['person.id'], name=op.f('fk_former_answer_proposed_by')),
    sa.ForeignKeyConstraint(['remark_id'], ['remark.id'], name=op.f('fk_former_answer_remark_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_answer'))
    )
    op.create_index(op.f('ix_former_answer_remark_id'), 'former_answer', ['remark_id'], unique=False)


def downgrade():
    op.drop_index(op.f('ix_former_answer_remark_id'), table_name='former_answer')
    op.drop_table('former_answer')
    op.drop_index(op.f('ix_remark_review_id'), table_name='remark')
    op.drop_index(op.f('ix_remark_reply_id'), table_name='remark')
    op.drop_index(op.f('ix_remark_merged_into'), table_name='remark')
    op.drop_index(op.f('ix_remark_author_person'), table_name='remark')
    op.drop_index(op.f('ix_remark_assigned_to'), table_name='remark')
    op.drop_index('ix_remark_act', table_name='remark')
    op.drop_table('remark')
