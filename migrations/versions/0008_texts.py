"""the text itself: what was read in files, how editions match, comparisons, who read what

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-24

"""
from datetime import UTC, datetime
from pathlib import PurePath

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0008'
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
FORMS = {"htm": "html", "md": "markdown", "txt": "plain", "xml": "akn"}


def upgrade():
    op.create_table('text_reading',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('fault', JSON, nullable=False),
    sa.Column('provisions', sa.Integer(), nullable=False),
    sa.Column('read_at', INSTANT, nullable=False),
    sa.CheckConstraint('provisions >= 0', name=op.f('ck_text_reading_provisions')),
    sa.PrimaryKeyConstraint('sha256', 'form', 'version', name=op.f('pk_text_reading'))
    )
    op.create_table('comparison',
    sa.Column('old_digest', sa.String(), nullable=False),
    sa.Column('new_digest', sa.String(), nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('old_n', sa.Integer(), nullable=False),
    sa.Column('old_language', sa.String(), nullable=False),
    sa.Column('new_n', sa.Integer(), nullable=False),
    sa.Column('new_language', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_at', INSTANT, nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('asked_at', INSTANT, nullable=False),
    sa.CheckConstraint("(state = 'ready') = (content IS NOT NULL)", name=op.f('ck_comparison_content')),
    sa.CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name=op.f('ck_comparison_due')),
    sa.CheckConstraint("state IN ('waiting', 'ready', 'failed')", name=op.f('ck_comparison_state')),
    sa.ForeignKeyConstraint(['act_id', 'new_n'], ['edition.act_id', 'edition.n'], name=op.f('fk_comparison_act_id_new_n')),
    sa.ForeignKeyConstraint(['act_id', 'old_n'], ['edition.act_id', 'edition.n'], name=op.f('fk_comparison_act_id_old_n')),
    sa.PrimaryKeyConstraint('old_digest', 'new_digest', name=op.f('pk_comparison'))
    )
    op.create_index('ix_comparison_waiting', 'comparison', ['due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('edition_text',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_at', INSTANT, nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('previous_n', sa.Integer(), nullable=True),
    sa.Column('matches', JSON, nullable=False),
    sa.Column('wids', JSON, nullable=False),
    sa.Column('retired', JSON, nullable=False),
    sa.Column('digest', sa.String(), nullable=True),
    sa.CheckConstraint("(state = 'ready') = (digest IS NOT NULL)", name=op.f('ck_edition_text_digest')),
    sa.CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name=op.f('ck_edition_text_due')),
    sa.CheckConstraint("state IN ('waiting', 'ready', 'unreadable')", name=op.f('ck_edition_text_state')),
    sa.ForeignKeyConstraint(['act_id', 'n'], ['edition.act_id', 'edition.n'], name=op.f('fk_edition_text_act_id_n')),
    sa.PrimaryKeyConstraint('act_id', 'n', 'language', name=op.f('pk_edition_text'))
    )
    op.create_index('ix_edition_text_waiting', 'edition_text', ['due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('match_correction',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('old', sa.String(), nullable=False),
    sa.Column('new', sa.String(), nullable=False),
    sa.Column('same', sa.Boolean(), nullable=False),
    sa.Column('recorded_n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['act_id', 'n'], ['edition.act_id', 'edition.n'], name=op.f('fk_match_correction_act_id_n')),
    sa.ForeignKeyConstraint(['act_id', 'recorded_n'], ['timeline.act_id', 'timeline.n'], name=op.f('fk_match_correction_act_id_recorded_n')),
    sa.PrimaryKeyConstraint('act_id', 'n', 'language', 'old', 'new', name=op.f('pk_match_correction'))
    )
    op.create_table('text_seen',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('before_n', sa.Integer(), nullable=True),
    sa.Column('at', INSTANT, nullable=False),
    sa.CheckConstraint('before_n IS NULL OR before_n < n', name=op.f('ck_text_seen_order')),
    sa.ForeignKeyConstraint(['act_id', 'before_n'], ['edition.act_id', 'edition.n'], name=op.f('fk_text_seen_act_id_before_n')),
    sa.ForeignKeyConstraint(['act_id', 'n'], ['edition.act_id', 'edition.n'], name=op.f('fk_text_seen_act_id_n')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_text_seen_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'act_id', name=op.f('pk_text_seen'))
    )
    let_texts_wait()


def let_texts_wait():
    """Every text that is there waits to be read."""
    connection = op.get_bind()
    files = connection.execute(sa.text(
        "SELECT act_id, n, language, sha256, filename FROM edition_file WHERE part = 'text'"
    )).all()
    text = sa.table(
        "edition_text",
        sa.column("act_id"), sa.column("n"), sa.column("language"), sa.column("sha256"),
        sa.column("form"), sa.column("version"), sa.column("state"),
        sa.column("due_at", INSTANT), sa.column("attempts"), sa.column("matches", JSON),
        sa.column("wids", JSON), sa.column("retired", JSON),
    )
    for file in files:
        ending = PurePath(file.filename).suffix.lower().removeprefix(".")
        connection.execute(text.insert().values(
            act_id=file.act_id, n=file.n, language=file.language, sha256=file.sha256,
            form=FORMS.get(ending, ending), version=1, state="waiting",
            due_at=datetime.now(UTC), attempts=0, matches=[], wids={}, retired=[],
        ))


def downgrade():
    op.drop_table('text_seen')
    op.drop_table('match_correction')
    op.drop_index('ix_edition_text_waiting', table_name='edition_text', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('edition_text')
    op.drop_index('ix_comparison_waiting', table_name='comparison', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('comparison')
    op.drop_table('text_reading')
