"""Introductions: what a mentor proposed, what was written for each, who said no, and what the ledger says of them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

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
    "agreed_contact",
    "ended_contact",
)


def upgrade() -> None:
    op.create_table(
        "introductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("third_id", sa.Integer(), nullable=True),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ask_at", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_introductions"),
        sa.UniqueConstraint("mentor_id", "key", name="uq_introductions_mentor_id_key"),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_introductions_mentorship_id"),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name="fk_introductions_mentor_id"),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], name="fk_introductions_mentee_id"),
        sa.ForeignKeyConstraint(["third_id"], ["people.id"], name="fk_introductions_third_id"),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'continued', 'withdrawn', 'lapsed', 'ended')", name="ck_introductions_state"
        ),
    )
    for column in ("mentorship_id", "mentee_id", "third_id", "due_at"):
        op.create_index(f"ix_introductions_{column}", "introductions", [column])
    op.create_index("ix_introductions_mentor_id_made_at", "introductions", ["mentor_id", "made_at"])
    for name, column, when in (("to_ask", "ask_at", "ask_at IS NOT NULL"), ("added", "third_id", "added")):
        where = sa.text(when)
        op.create_index(
            f"ix_introductions_{name}", "introductions", [column], sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "introduction_words",
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("introduction_id", name="pk_introduction_words"),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introductions.id"], name="fk_introduction_words_introduction_id"
        ),
    )
    op.create_table(
        "introduction_answers",
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("introduction_id", "person_id", name="pk_introduction_answers"),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introductions.id"], name="fk_introduction_answers_introduction_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_introduction_answers_person_id"),
    )
    op.create_table(
        "introduction_blocks",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_introduction_blocks"),
    )
    _allow("kind", KINDS)
    _allow("subject_kind", ("offer", "routine", "introduction"))


def _allow(column: str, values: tuple[str, ...]) -> None:
    listed, name = ", ".join(f"'{value}'" for value in values), op.f(f"ck_choices_{column}")
    with op.batch_alter_table("choices") as choices:
        choices.drop_constraint(name, type_="check")
        choices.create_check_constraint(name, f"{column} IN ({listed})")
