"""rounds of review

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-24

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0010'
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    op.add_column('person', sa.Column('expertise', JSON, server_default=sa.text("'[]'"), nullable=False))
    # The checks stand with their columns: SQLite adds no others to a table that is there.
    op.add_column('review', sa.Column('kind', sa.String(), sa.CheckConstraint("kind IN ('opinion', 'guideline')", name=op.f('ck_review_kind')), server_default='opinion', nullable=False))
    op.add_column('review', sa.Column('decline_code', sa.String(), sa.CheckConstraint("decline_code IS NULL OR (state = 'declined' AND decline_code IN ('busy', 'absent', 'conflict', 'not_my_field', 'other'))", name=op.f('ck_review_decline_code')), nullable=True))
    op.add_column('review', sa.Column('interest', sa.Boolean(), nullable=True))
    op.add_column('review', sa.Column('interest_text', sa.Text(), nullable=True))
    op.add_column('review', sa.Column('remarks', JSON, nullable=True))
    op.add_column('review', sa.Column('draft', JSON, nullable=True))
    op.create_table('review_reserve',
    sa.Column('review_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('named_by', ID, nullable=True),
    sa.Column('became', ID, nullable=True),
    sa.ForeignKeyConstraint(['became'], ['review.id'], name=op.f('fk_review_reserve_became')),
    sa.ForeignKeyConstraint(['named_by'], ['person.id'], name=op.f('fk_review_reserve_named_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_review_reserve_person_id')),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_reserve_review_id')),
    sa.PrimaryKeyConstraint('review_id', 'n', name=op.f('pk_review_reserve')),
    sa.UniqueConstraint('became', name=op.f('uq_review_reserve_became')),
    sa.UniqueConstraint('review_id', 'person_id', name=op.f('uq_review_reserve_review_id_person_id'))
    )
    op.create_table('review_link',
    sa.Column('review_id', ID, nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('revoked_at', INSTANT, nullable=True),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_link_review_id')),
    sa.PrimaryKeyConstraint('review_id', name=op.f('pk_review_link'))
    )
    op.create_table('review_addendum',
    sa.Column('review_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('remarks', JSON, nullable=False),
    sa.Column('added_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_addendum_review_id')),
    sa.PrimaryKeyConstraint('review_id', 'n', name=op.f('pk_review_addendum'))
    )
    op.create_table('board_opinion',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('recommendation', sa.String(), nullable=True),
    sa.Column('counts', JSON, nullable=False),
    sa.Column('experts', JSON, nullable=False),
    sa.Column('sections', JSON, nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('changed_at', INSTANT, nullable=False),
    sa.Column('changed_by', ID, nullable=True),
    sa.Column('issued_at', INSTANT, nullable=True),
    sa.Column('issued_n', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.CheckConstraint("recommendation IS NULL OR recommendation IN ('approve', 'approve_with_remarks', 'revise', 'reject')", name=op.f('ck_board_opinion_recommendation')),
    sa.CheckConstraint('(issued_at IS NULL) = (issued_n IS NULL) AND (issued_at IS NULL) = (sha256 IS NULL)', name=op.f('ck_board_opinion_issued')),
    sa.CheckConstraint('issued_at IS NULL OR recommendation IS NOT NULL', name=op.f('ck_board_opinion_complete')),
    sa.ForeignKeyConstraint(['act_id', 'visit'], ['visit.act_id', 'visit.n'], name=op.f('fk_board_opinion_act_id_visit')),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_board_opinion_changed_by')),
    sa.PrimaryKeyConstraint('act_id', 'visit', name=op.f('pk_board_opinion'))
    )


def downgrade():
    op.drop_table('board_opinion')
    op.drop_table('review_addendum')
    op.drop_table('review_link')
    op.drop_table('review_reserve')
    for column in ('draft', 'remarks', 'interest_text', 'interest', 'decline_code', 'kind'):
        op.drop_column('review', column)
    op.drop_column('person', 'expertise')
