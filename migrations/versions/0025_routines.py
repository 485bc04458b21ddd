"""Routines of mentorships, breaks of people, offers that a routine made, and what the ledger says of routines."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

TIME = sa.DateTime(timezone=True)
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
)


def upgrade() -> None:
    op.create_table(
        "routines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("wording_hash", sa.String(64), nullable=False),
        sa.Column("set_at", TIME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("every", sa.String(16), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("medium", sa.String(8), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mentor_paused_until", TIME, nullable=True),
        sa.Column("mentee_paused_until", TIME, nullable=True),
        sa.Column("handled_until", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_routines"),
        sa.UniqueConstraint("mentorship_id", name="uq_routines_mentorship_id"),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_routines_mentorship_id"),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name="fk_routines_set_by"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_routines_link_id"),
        sa.ForeignKeyConstraint(["wording_hash"], ["wordings.hash"], name="fk_routines_wording_hash"),
        sa.CheckConstraint(
            "every IN ('week', 'two_weeks', 'three_weeks', 'four_weeks', 'month')", name="ck_routines_every"
        ),
        sa.CheckConstraint("medium IN ('video', 'phone')", name="ck_routines_medium"),
        sa.CheckConstraint("minute BETWEEN 0 AND 1439", name="ck_routines_minute"),
    )
    for column in ("due_at", "link_id"):
        op.create_index(f"ix_routines_{column}", "routines", [column])
    op.create_table(
        "breaks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_breaks"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_breaks_person_id"),
        sa.CheckConstraint("first <= last", name="ck_breaks_days"),
    )
    op.create_index("ix_breaks_person_id", "breaks", ["person_id"])
    op.add_column("offers", sa.Column("by_routine", sa.Boolean(), nullable=False, server_default=sa.false()))
    _allow("kind", KINDS)
    _allow("channel", ("page", "call", "routine"))
    _allow("subject_kind", ("offer", "routine"))


def _allow(column: str, values: tuple[str, ...]) -> None:
    listed, name = ", ".join(f"'{value}'" for value in values), op.f(f"ck_choices_{column}")
    with op.batch_alter_table("choices") as choices:
        choices.drop_constraint(name, type_="check")
        choices.create_check_constraint(name, f"{column} IN ({listed})")
