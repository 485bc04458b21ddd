"""Matching: runs with their suggestions, pinned and forbidden pairs, and what people were asked."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

TIME = sa.DateTime(timezone=True)
LIVE = sa.text("state IN ('waiting', 'running')")
OPEN = sa.text("state IN ('asks_mentee', 'asks_mentor')")
KINDS = (
    "offered",
    "accepted",
    "declined",
    "postponed",
    "suggested",
    "took_back",
    "withdrew",
    "undid",
    "allowed_phone",
    "disallowed_phone",
    "set_routine",
    "paused_routine",
    "resumed_routine",
    "ended_routine",
    "agreed_contact",
    "ended_contact",
    "joined_scheme",
    "left_scheme",
    "agreed_match",
    "left_match",
)


def upgrade() -> None:
    op.create_table(
        "match_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_match_runs"),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name="fk_match_runs_scheme_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_match_runs_account_id"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="ck_match_runs_progress"),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'lost')", name="ck_match_runs_state"
        ),
    )
    op.create_index("ix_match_runs_live", "match_runs", ["id"], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_match_runs_scheme_id", "match_runs", ["scheme_id"])
    op.create_index(
        "uq_match_runs_live", "match_runs", ["scheme_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_table(
        "match_suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("mentor_membership_id", sa.Integer(), nullable=False),
        sa.Column("mentee_membership_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("first_choice", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_suggestions"),
        sa.UniqueConstraint("run_id", "mentee_membership_id", name="uq_match_suggestions_run_id_mentee_membership_id"),
        sa.ForeignKeyConstraint(["run_id"], ["match_runs.id"], name="fk_match_suggestions_run_id"),
        sa.ForeignKeyConstraint(
            ["mentor_membership_id"], ["memberships.id"], name="fk_match_suggestions_mentor_membership_id"
        ),
        sa.ForeignKeyConstraint(
            ["mentee_membership_id"], ["memberships.id"], name="fk_match_suggestions_mentee_membership_id"
        ),
    )
    op.create_index("ix_match_suggestions_mentee_membership_id", "match_suggestions", ["mentee_membership_id"])
    op.create_index("ix_match_suggestions_mentor_membership_id", "match_suggestions", ["mentor_membership_id"])
    op.create_table(
        "match_left_out",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "membership_id", "role", name="pk_match_left_out"),
        sa.ForeignKeyConstraint(["run_id"], ["match_runs.id"], name="fk_match_left_out_run_id"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_match_left_out_membership_id"),
        sa.CheckConstraint("role IN ('mentor', 'mentee')", name="ck_match_left_out_role"),
    )
    op.create_index("ix_match_left_out_membership_id", "match_left_out", ["membership_id"])
    op.create_table(
        "match_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("mentor_membership_id", sa.Integer(), nullable=False),
        sa.Column("mentee_membership_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_rules"),
        sa.UniqueConstraint(
            "mentor_membership_id",
            "mentee_membership_id",
            name="uq_match_rules_mentor_membership_id_mentee_membership_id",
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name="fk_match_rules_scheme_id"),
        sa.ForeignKeyConstraint(
            ["mentor_membership_id"], ["memberships.id"], name="fk_match_rules_mentor_membership_id"
        ),
        sa.ForeignKeyConstraint(
            ["mentee_membership_id"], ["memberships.id"], name="fk_match_rules_mentee_membership_id"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_match_rules_account_id"),
        sa.CheckConstraint("kind IN ('pin', 'ban')", name="ck_match_rules_kind"),
    )
    op.create_index("ix_match_rules_mentee_membership_id", "match_rules", ["mentee_membership_id"])
    op.create_index("ix_match_rules_scheme_id", "match_rules", ["scheme_id"])
    op.create_table(
        "match_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("mentor_membership_id", sa.Integer(), nullable=False),
        sa.Column("mentee_membership_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("declined_by", sa.String(8), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("wording_hash", sa.String(64), nullable=True),
        sa.Column("mentorship_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_match_proposals"),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name="fk_match_proposals_scheme_id"),
        sa.ForeignKeyConstraint(
            ["mentor_membership_id"], ["memberships.id"], name="fk_match_proposals_mentor_membership_id"
        ),
        sa.ForeignKeyConstraint(
            ["mentee_membership_id"], ["memberships.id"], name="fk_match_proposals_mentee_membership_id"
        ),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_match_proposals_link_id"),
        sa.ForeignKeyConstraint(["wording_hash"], ["wordings.hash"], name="fk_match_proposals_wording_hash"),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_match_proposals_mentorship_id"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_match_proposals_booking_id"),
        sa.CheckConstraint("declined_by IN ('mentor', 'mentee')", name="ck_match_proposals_declined_by"),
        sa.CheckConstraint(
            "state IN ('asks_mentee', 'asks_mentor', 'agreed', 'declined', 'lapsed', 'withdrawn')",
            name="ck_match_proposals_state",
        ),
    )
    op.create_index("ix_match_proposals_booking_id", "match_proposals", ["booking_id"])
    op.create_index("ix_match_proposals_due_at", "match_proposals", ["due_at"])
    op.create_index("ix_match_proposals_link_id", "match_proposals", ["link_id"])
    op.create_index("ix_match_proposals_mentee_membership_id", "match_proposals", ["mentee_membership_id"])
    op.create_index("ix_match_proposals_mentor_membership_id", "match_proposals", ["mentor_membership_id"])
    op.create_index("ix_match_proposals_mentorship_id", "match_proposals", ["mentorship_id"])
    op.create_index("ix_match_proposals_scheme_id", "match_proposals", ["scheme_id"])
    op.create_index(
        "uq_match_proposals_open",
        "match_proposals",
        ["mentee_membership_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "match_proposal_times",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", "start", name="pk_match_proposal_times"),
        sa.ForeignKeyConstraint(["proposal_id"], ["match_proposals.id"], name="fk_match_proposal_times_proposal_id"),
    )
    op.create_table(
        "match_words",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", "membership_id", name="pk_match_words"),
        sa.ForeignKeyConstraint(["proposal_id"], ["match_proposals.id"], name="fk_match_words_proposal_id"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_match_words_membership_id"),
    )
    op.create_index("ix_match_words_membership_id", "match_words", ["membership_id"])
    _allow("kind", KINDS)
    _allow("subject_kind", ("offer", "routine", "introduction", "membership", "match"))


def _allow(column: str, values: tuple[str, ...]) -> None:
    listed, name = ", ".join(f"'{value}'" for value in values), op.f(f"ck_choices_{column}")
    with op.batch_alter_table("choices") as choices:
        choices.drop_constraint(name, type_="check")
        choices.create_check_constraint(name, f"{column} IN ({listed})")
