"""the first tables

Revision ID: 0001
Revises:
Create Date: 2026-11-24

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

SQLITE_GUARDS = [
    f"""
    CREATE TRIGGER timeline_no_{verb} BEFORE {verb.upper()} ON timeline
    BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END
    """
    for verb in ("update", "delete")
]
POSTGRESQL_GUARDS = [
    """
    CREATE FUNCTION timeline_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the timeline is append-only'; END $$
    """,
    """
    CREATE TRIGGER timeline_no_change BEFORE UPDATE OR DELETE ON timeline
    FOR EACH ROW EXECUTE FUNCTION timeline_is_append_only()
    """,
    """
    CREATE TRIGGER timeline_no_truncate BEFORE TRUNCATE ON timeline
    FOR EACH STATEMENT EXECUTE FUNCTION timeline_is_append_only()
    """,
]


def upgrade():
    op.create_table('account_role',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_role')),
    sa.UniqueConstraint('name', name=op.f('uq_account_role_name'))
    )
    op.create_table('body',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('member', sa.String(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_body'))
    )
    op.create_table('calendar_day',
    sa.Column('calendar', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('working', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('calendar', 'day', name=op.f('pk_calendar_day'))
    )
    op.create_table('dated_title',
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('titles', JSON, nullable=False),
    sa.PrimaryKeyConstraint('category', 'key', 'since', name=op.f('pk_dated_title'))
    )
    op.create_table('job_run',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('started_at', INSTANT, nullable=False),
    sa.Column('finished_at', INSTANT, nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_run'))
    )
    op.create_table('login_failure',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('since', INSTANT, nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_login_failure'))
    )
    op.create_table('person',
    sa.Column('id', ID, nullable=False),
    sa.Column('names', JSON, nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('institution', sa.String(), server_default='', nullable=False),
    sa.Column('member', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_person_email_lower')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email'))
    )
    op.create_table('procedure_version',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('stored_at', INSTANT, nullable=False),
    sa.PrimaryKeyConstraint('key', 'version', name=op.f('pk_procedure_version'))
    )
    op.create_table('reference_counter',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_reference_counter'))
    )
    op.create_table('term',
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint("category IN ('kind', 'member')", name=op.f('ck_term_category')),
    sa.PrimaryKeyConstraint('category', 'key', name=op.f('pk_term'))
    )
    op.create_table('absence',
    sa.Column('id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('deputy_id', ID, nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.CheckConstraint('deputy_id IS NULL OR deputy_id <> person_id', name=op.f('ck_absence_deputy')),
    sa.CheckConstraint('until >= since', name=op.f('ck_absence_order')),
    sa.ForeignKeyConstraint(['deputy_id'], ['person.id'], name=op.f('fk_absence_deputy_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_absence_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    op.create_index(op.f('ix_absence_deputy_id'), 'absence', ['deputy_id'], unique=False)
    op.create_index(op.f('ix_absence_person_id'), 'absence', ['person_id'], unique=False)
    op.create_table('account',
    sa.Column('id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('password', sa.String(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.Column('fs_uniquifier', sa.String(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_account_email_lower')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_account_fs_uniquifier')),
    sa.UniqueConstraint('person_id', name=op.f('uq_account_person_id'))
    )
    op.create_table('act',
    sa.Column('id', ID, nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('procedure_key', sa.String(), nullable=False),
    sa.Column('procedure_version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('visibility', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('head', sa.String(), nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('floor', sa.Date(), nullable=True),
    sa.Column('edition', sa.Integer(), nullable=True),
    sa.Column('initiator', sa.String(), nullable=False),
    sa.Column('continues_id', ID, nullable=True),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.CheckConstraint("visibility IN ('internal', 'public')", name=op.f('ck_act_visibility')),
    sa.CheckConstraint('version >= 0 AND visit >= 1', name=op.f('ck_act_counted')),
    sa.ForeignKeyConstraint(['continues_id'], ['act.id'], name=op.f('fk_act_continues_id')),
    sa.ForeignKeyConstraint(['procedure_key', 'procedure_version'], ['procedure_version.key', 'procedure_version.version'], name=op.f('fk_act_procedure_key_procedure_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act')),
    sa.UniqueConstraint('reference', name=op.f('uq_act_reference'))
    )
    op.create_index(op.f('ix_act_continues_id'), 'act', ['continues_id'], unique=False)
    op.create_index('ix_act_stage_state', 'act', ['stage', 'state'], unique=False)
    op.create_table('membership',
    sa.Column('id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('body_key', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_membership_order')),
    sa.ForeignKeyConstraint(['body_key'], ['body.key'], name=op.f('fk_membership_body_key')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    op.create_index('ix_membership_body_role', 'membership', ['body_key', 'role'], unique=False)
    op.create_index('ix_membership_person', 'membership', ['person_id'], unique=False)
    op.create_index('uq_membership_open', 'membership', ['person_id', 'body_key', 'role'], unique=True, sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))
    op.create_table('account_role_link',
    sa.Column('account_id', ID, nullable=False),
    sa.Column('role_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_role_link_account_id')),
    sa.ForeignKeyConstraint(['role_id'], ['account_role.id'], name=op.f('fk_account_role_link_role_id')),
    sa.PrimaryKeyConstraint('account_id', 'role_id', name=op.f('pk_account_role_link'))
    )
    op.create_table('act_body',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('body_key', sa.String(), nullable=False),
    sa.Column('part', sa.String(), nullable=False),
    sa.CheckConstraint("part IN ('lead', 'former_lead', 'drafting', 'initiator', 'concerned')", name=op.f('ck_act_body_part')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_act_body_act_id')),
    sa.ForeignKeyConstraint(['body_key'], ['body.key'], name=op.f('fk_act_body_body_key')),
    sa.PrimaryKeyConstraint('act_id', 'body_key', 'part', name=op.f('pk_act_body'))
    )
    op.create_index('ix_act_body_body_part', 'act_body', ['body_key', 'part', 'act_id'], unique=False)
    op.create_index('uq_act_body_lead', 'act_body', ['act_id'], unique=True, sqlite_where=sa.text("part = 'lead'"), postgresql_where=sa.text("part = 'lead'"))
    op.create_table('act_number',
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('given_n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_act_number_act_id')),
    sa.PrimaryKeyConstraint('format', 'number', name=op.f('pk_act_number'))
    )
    op.create_index(op.f('ix_act_number_act_id'), 'act_number', ['act_id'], unique=False)
    op.create_table('heading',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('since_n', sa.Integer(), nullable=False),
    sa.Column('until_n', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('titles', JSON, nullable=False),
    sa.Column('search', sa.Text(), nullable=False),
    sa.Column('sort_key', sa.Text(), nullable=False),
    sa.CheckConstraint('until_n IS NULL OR until_n >= since_n', name=op.f('ck_heading_order')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_heading_act_id')),
    sa.PrimaryKeyConstraint('act_id', 'since_n', name=op.f('pk_heading'))
    )
    op.create_index('ix_heading_kind_current', 'heading', ['kind'], unique=False, sqlite_where=sa.text('until_n IS NULL'), postgresql_where=sa.text('until_n IS NULL'))
    op.create_index('uq_heading_current', 'heading', ['act_id'], unique=True, sqlite_where=sa.text('until_n IS NULL'), postgresql_where=sa.text('until_n IS NULL'))
    op.create_table('idempotency',
    sa.Column('account_id', ID, nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('request_hash', sa.String(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_idempotency_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'key', name=op.f('pk_idempotency'))
    )
    op.create_index('ix_idempotency_created_at', 'idempotency', ['created_at'], unique=False)
    op.create_table('timeline',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('before', sa.String(), nullable=True),
    sa.Column('after', sa.String(), nullable=False),
    sa.Column('actor_id', ID, nullable=True),
    sa.Column('behalf_id', ID, nullable=True),
    sa.Column('body', sa.String(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided_precision', sa.String(), nullable=True),
    sa.Column('recorded_at', INSTANT, nullable=False),
    sa.Column('basis', sa.String(), nullable=True),
    sa.Column('edition', sa.Integer(), nullable=True),
    sa.Column('data', JSON, nullable=False),
    sa.Column('canonical', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.CheckConstraint("(decided_on IS NULL) = (decided_precision IS NULL OR decided_precision = 'unknown')", name=op.f('ck_timeline_decided')),
    sa.CheckConstraint("basis IS NULL OR basis IN ('document', 'press', 'assumed')", name=op.f('ck_timeline_basis')),
    sa.CheckConstraint("decided_precision IS NULL OR decided_precision IN ('day', 'month', 'year', 'unknown')", name=op.f('ck_timeline_precision')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_timeline_act_id')),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_timeline_actor_id')),
    sa.ForeignKeyConstraint(['behalf_id'], ['person.id'], name=op.f('fk_timeline_behalf_id')),
    sa.PrimaryKeyConstraint('act_id', 'n', name=op.f('pk_timeline'))
    )
    op.create_index('ix_timeline_actor', 'timeline', ['actor_id', 'recorded_at'], unique=False)
    op.create_table('seen',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_seen_act_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_seen_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'act_id', name=op.f('pk_seen'))
    )
    op.create_table('token',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('revoked_at', INSTANT, nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_token_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_token')),
    sa.UniqueConstraint('hash', name=op.f('uq_token_hash'))
    )
    op.create_index(op.f('ix_token_account_id'), 'token', ['account_id'], unique=False)
    op.create_table('visit',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('entered_on', sa.Date(), nullable=True),
    sa.Column('left_n', sa.Integer(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('void', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.CheckConstraint('NOT void OR left_n IS NOT NULL', name=op.f('ck_visit_void_left')),
    sa.CheckConstraint('left_n IS NOT NULL OR left_on IS NULL', name=op.f('ck_visit_left')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_visit_act_id')),
    sa.PrimaryKeyConstraint('act_id', 'n', name=op.f('pk_visit'))
    )
    op.create_index('uq_visit_open', 'visit', ['act_id'], unique=True, sqlite_where=sa.text('left_n IS NULL'), postgresql_where=sa.text('left_n IS NULL'))
    op.create_table('decision',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('body_key', sa.String(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided_precision', sa.String(), nullable=False),
    sa.Column('minutes_ref', sa.String(), nullable=False),
    sa.Column('present', JSON, nullable=False),
    sa.Column('objections', JSON, nullable=False),
    sa.Column('result', JSON, nullable=False),
    sa.Column('recorded_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['act_id', 'visit'], ['visit.act_id', 'visit.n'], name=op.f('fk_decision_act_id_visit')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_decision_act_id')),
    sa.ForeignKeyConstraint(['body_key'], ['body.key'], name=op.f('fk_decision_body_key')),
    sa.PrimaryKeyConstraint('act_id', 'n', name=op.f('pk_decision'))
    )
    op.create_index('ix_decision_visit', 'decision', ['act_id', 'visit'], unique=False)
    op.create_table('duty',
    sa.Column('id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('body_key', sa.String(), nullable=True),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('action', sa.String(), nullable=True),
    sa.Column('opened_at', INSTANT, nullable=False),
    sa.Column('opened_n', sa.Integer(), nullable=False),
    sa.Column('invited_at', INSTANT, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_state', sa.String(), nullable=False),
    sa.Column('due_detail', JSON, nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('calendar', sa.String(), nullable=False),
    sa.Column('generation', sa.Integer(), server_default='1', nullable=False),
    sa.Column('next_reminder_at', INSTANT, nullable=True),
    sa.Column('closed_at', INSTANT, nullable=True),
    sa.Column('closed_n', sa.Integer(), nullable=True),
    sa.Column('closed_why', sa.String(), nullable=True),
    sa.CheckConstraint("(due_on IS NOT NULL) = (due_state = 'set')", name=op.f('ck_duty_due')),
    sa.CheckConstraint("due_state IN ('set', 'not_set', 'cannot_compute')", name=op.f('ck_duty_due_state')),
    sa.CheckConstraint('(closed_at IS NULL) = (closed_why IS NULL)', name=op.f('ck_duty_closed')),
    sa.CheckConstraint('(person_id IS NULL) = (role IS NOT NULL)', name=op.f('ck_duty_holder')),
    sa.CheckConstraint('closed_at IS NULL OR next_reminder_at IS NULL', name=op.f('ck_duty_closed_silent')),
    sa.CheckConstraint('person_id IS NULL OR body_key IS NULL', name=op.f('ck_duty_holder_body')),
    sa.ForeignKeyConstraint(['act_id', 'visit'], ['visit.act_id', 'visit.n'], name=op.f('fk_duty_act_id_visit')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_duty_act_id')),
    sa.ForeignKeyConstraint(['body_key'], ['body.key'], name=op.f('fk_duty_body_key')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_duty_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty'))
    )
    op.create_index('ix_duty_act', 'duty', ['act_id'], unique=False)
    op.create_index('ix_duty_next_reminder', 'duty', ['next_reminder_at', 'id'], unique=False, sqlite_where=sa.text('closed_at IS NULL AND next_reminder_at IS NOT NULL'), postgresql_where=sa.text('closed_at IS NULL AND next_reminder_at IS NOT NULL'))
    op.create_index('ix_duty_open_act', 'duty', ['act_id'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('ix_duty_open_due', 'duty', ['due_on', 'id'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('ix_duty_open_person', 'duty', ['person_id', 'due_on'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('ix_duty_open_seat', 'duty', ['body_key', 'role', 'due_on'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('edition',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('created_by', ID, nullable=False),
    sa.Column('frozen_n', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['act_id', 'visit'], ['visit.act_id', 'visit.n'], name=op.f('fk_edition_act_id_visit')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_edition_act_id')),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_edition_created_by')),
    sa.PrimaryKeyConstraint('act_id', 'n', name=op.f('pk_edition'))
    )
    op.create_table('position',
    sa.Column('act_id', ID, nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('entered_by', ID, nullable=False),
    sa.Column('vote', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('letter_ref', sa.String(), nullable=True),
    sa.Column('given_at', INSTANT, nullable=False),
    sa.Column('replaced_n', sa.Integer(), nullable=True),
    sa.CheckConstraint("vote <> 'no' OR text IS NOT NULL", name=op.f('ck_position_objection_text')),
    sa.CheckConstraint("vote IN ('yes', 'no', 'abstain', 'recuse')", name=op.f('ck_position_vote')),
    sa.ForeignKeyConstraint(['act_id', 'visit'], ['visit.act_id', 'visit.n'], name=op.f('fk_position_act_id_visit')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_position_act_id')),
    sa.ForeignKeyConstraint(['entered_by'], ['person.id'], name=op.f('fk_position_entered_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_position_person_id')),
    sa.PrimaryKeyConstraint('act_id', 'n', name=op.f('pk_position'))
    )
    op.create_index('uq_position_current', 'position', ['act_id', 'visit', 'person_id'], unique=True, sqlite_where=sa.text('replaced_n IS NULL'), postgresql_where=sa.text('replaced_n IS NULL'))
    op.create_table('timeline_text',
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('salt', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['act_id', 'n'], ['timeline.act_id', 'timeline.n'], name=op.f('fk_timeline_text_act_id_n')),
    sa.PrimaryKeyConstraint('act_id', 'n', 'name', name=op.f('pk_timeline_text'))
    )
    op.create_table('edition_file',
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('part', sa.String(), nullable=False),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('uploaded_at', INSTANT, nullable=False),
    sa.Column('uploaded_by', ID, nullable=False),
    sa.CheckConstraint("part IN ('text', 'memorandum')", name=op.f('ck_edition_file_part')),
    sa.CheckConstraint('size > 0', name=op.f('ck_edition_file_size')),
    sa.ForeignKeyConstraint(['act_id', 'n'], ['edition.act_id', 'edition.n'], name=op.f('fk_edition_file_act_id_n')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['person.id'], name=op.f('fk_edition_file_uploaded_by')),
    sa.PrimaryKeyConstraint('act_id', 'n', 'language', 'part', name=op.f('pk_edition_file'))
    )
    op.create_table('notice',
    sa.Column('id', ID, nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('act_id', ID, nullable=True),
    sa.Column('duty_id', ID, nullable=True),
    sa.Column('duty_generation', sa.Integer(), nullable=True),
    sa.Column('reasons', JSON, nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('facts', JSON, nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('read_at', INSTANT, nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('due_at', INSTANT, nullable=True),
    sa.Column('token', sa.String(), nullable=True),
    sa.Column('started_at', INSTANT, nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('sent_at', INSTANT, nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'sending') = (token IS NOT NULL)", name=op.f('ck_notice_leased')),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_notice_sent')),
    sa.CheckConstraint("(state IN ('queued', 'sending')) = (due_at IS NOT NULL)", name=op.f('ck_notice_waiting_due')),
    sa.CheckConstraint("channel IN ('mail', 'inbox')", name=op.f('ck_notice_channel')),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'held', 'skipped')", name=op.f('ck_notice_state')),
    sa.CheckConstraint("state NOT IN ('skipped', 'held') OR why IS NOT NULL", name=op.f('ck_notice_why')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_notice_act_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_notice_duty_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('event', 'name', 'person_id', 'channel', name=op.f('uq_notice_event_name_person_id_channel'))
    )
    op.create_index('ix_notice_act', 'notice', ['act_id', 'id'], unique=False)
    op.create_index('ix_notice_person', 'notice', ['person_id', 'id'], unique=False)
    op.create_index('ix_notice_stuck', 'notice', ['id'], unique=False, sqlite_where=sa.text("state IN ('failed', 'held')"), postgresql_where=sa.text("state IN ('failed', 'held')"))
    op.create_index('ix_notice_waiting', 'notice', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.create_table('reminder',
    sa.Column('id', ID, nullable=False),
    sa.Column('duty_id', ID, nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('recipient_id', ID, nullable=True),
    sa.Column('recorded_at', INSTANT, nullable=False),
    sa.Column('sent', sa.Boolean(), nullable=False),
    sa.CheckConstraint('recipient_id IS NOT NULL OR NOT sent', name=op.f('ck_reminder_sent_to')),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_reminder_duty_id')),
    sa.ForeignKeyConstraint(['recipient_id'], ['person.id'], name=op.f('fk_reminder_recipient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('duty_id', 'generation', 'rule', 'occurrence', 'recipient_id', name=op.f('uq_reminder_duty_id_generation_rule_occurrence_recipient_id'))
    )
    op.create_index('uq_reminder_nobody', 'reminder', ['duty_id', 'generation', 'rule', 'occurrence'], unique=True, sqlite_where=sa.text('recipient_id IS NULL'), postgresql_where=sa.text('recipient_id IS NULL'))
    op.create_table('review',
    sa.Column('id', ID, nullable=False),
    sa.Column('act_id', ID, nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=True),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('duty_id', ID, nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('assigned_at', INSTANT, nullable=False),
    sa.Column('answered_at', INSTANT, nullable=True),
    sa.Column('decline_reason', sa.Text(), nullable=True),
    sa.Column('recommendation', sa.String(), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('draft_recommendation', sa.String(), nullable=True),
    sa.Column('draft_text', sa.Text(), nullable=True),
    sa.Column('submitted_at', INSTANT, nullable=True),
    sa.Column('state_before', sa.String(), nullable=True),
    sa.Column('closed_n', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name=op.f('ck_review_declined')),
    sa.CheckConstraint("(state = 'submitted') = (recommendation IS NOT NULL)", name=op.f('ck_review_opinion')),
    sa.CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name=op.f('ck_review_submitted')),
    sa.CheckConstraint("recommendation IS NULL OR recommendation IN ('approve', 'approve_with_remarks', 'revise', 'reject')", name=op.f('ck_review_recommendation')),
    sa.CheckConstraint("state IN ('invited', 'accepted', 'declined', 'submitted', 'cancelled')", name=op.f('ck_review_state')),
    sa.ForeignKeyConstraint(['act_id', 'visit'], ['visit.act_id', 'visit.n'], name=op.f('fk_review_act_id_visit')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_review_act_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_review_duty_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_review_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('duty_id', name=op.f('uq_review_duty_id'))
    )
    op.create_index('ix_review_act', 'review', ['act_id', 'visit'], unique=False)
    op.create_index('ix_review_person', 'review', ['person_id', 'state'], unique=False)
    op.create_index('uq_review_open', 'review', ['act_id', 'visit', 'person_id'], unique=True, sqlite_where=sa.text("state IN ('invited', 'accepted')"), postgresql_where=sa.text("state IN ('invited', 'accepted')"))
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_GUARDS if sqlite else POSTGRESQL_GUARDS:
        op.execute(statement)


def downgrade():
    op.drop_index('uq_review_open', table_name='review', sqlite_where=sa.text("state IN ('invited', 'accepted')"), postgresql_where=sa.text("state IN ('invited', 'accepted')"))
    op.drop_index('ix_review_person', table_name='review')
    op.drop_index('ix_review_act', table_name='review')
    op.drop_table('review')
    op.drop_index('uq_reminder_nobody', table_name='reminder', sqlite_where=sa.text('recipient_id IS NULL'), postgresql_where=sa.text('recipient_id IS NULL'))
    op.drop_table('reminder')
    op.drop_index('ix_notice_stuck', table_name='notice', sqlite_where=sa.text("state IN ('failed', 'held')"), postgresql_where=sa.text("state IN ('failed', 'held')"))
    op.drop_index('ix_notice_waiting', table_name='notice', sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.drop_index('ix_notice_person', table_name='notice')
    op.drop_index('ix_notice_act', table_name='notice')
    op.drop_table('notice')
    op.drop_table('edition_file')
    op.drop_table('timeline_text')
    op.drop_index('uq_position_current', table_name='position', sqlite_where=sa.text('replaced_n IS NULL'), postgresql_where=sa.text('replaced_n IS NULL'))
    op.drop_table('position')
    op.drop_table('edition')
    op.drop_index('ix_duty_open_seat', table_name='duty', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('ix_duty_open_person', table_name='duty', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('ix_duty_open_due', table_name='duty', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('ix_duty_open_act', table_name='duty', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('ix_duty_next_reminder', table_name='duty', sqlite_where=sa.text('closed_at IS NULL AND next_reminder_at IS NOT NULL'), postgresql_where=sa.text('closed_at IS NULL AND next_reminder_at IS NOT NULL'))
    op.drop_index('ix_duty_act', table_name='duty')
    op.drop_table('duty')
    op.drop_index('ix_decision_visit', table_name='decision')
    op.drop_table('decision')
    op.drop_index('uq_visit_open', table_name='visit', sqlite_where=sa.text('left_n IS NULL'), postgresql_where=sa.text('left_n IS NULL'))
    op.drop_table('visit')
    op.drop_index(op.f('ix_token_account_id'), table_name='token')
    op.drop_table('token')
    op.drop_table('seen')
    op.drop_index('ix_timeline_actor', table_name='timeline')
    op.drop_table('timeline')
    op.drop_index('ix_idempotency_created_at', table_name='idempotency')
    op.drop_table('idempotency')
    op.drop_index('uq_heading_current', table_name='heading', sqlite_where=sa.text('until_n IS NULL'), postgresql_where=sa.text('until_n IS NULL'))
    op.drop_index('ix_heading_kind_current', table_name='heading', sqlite_where=sa.text('until_n IS NULL'), postgresql_where=sa.text('until_n IS NULL'))
    op.drop_table('heading')
    op.drop_index(op.f('ix_act_number_act_id'), table_name='act_number')
    op.drop_table('act_number')
    op.drop_index('uq_act_body_lead', table_name='act_body', sqlite_where=sa.text("part = 'lead'"), postgresql_where=sa.text("part = 'lead'"))
    op.drop_index('ix_act_body_body_part', table_name='act_body')
    op.drop_table('act_body')
    op.drop_table('account_role_link')
    op.drop_index('uq_membership_open', table_name='membership', sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))
    op.drop_index('ix_membership_person', table_name='membership')
    op.drop_index('ix_membership_body_role', table_name='membership')
    op.drop_table('membership')
    op.drop_index('ix_act_stage_state', table_name='act')
    op.drop_index(op.f('ix_act_continues_id'), table_name='act')
    op.drop_table('act')
    op.drop_table('account')
    op.drop_index(op.f('ix_absence_person_id'), table_name='absence')
    op.drop_index(op.f('ix_absence_deputy_id'), table_name='absence')
    op.drop_table('absence')
    op.drop_table('term')
    op.drop_table('reference_counter')
    op.drop_table('procedure_version')
    op.drop_table('person')
    op.drop_table('login_failure')
    op.drop_table('job_run')
    op.drop_table('dated_title')
    op.drop_table('calendar_day')
    op.drop_table('body')
    op.drop_table('account_role')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION timeline_is_append_only")
