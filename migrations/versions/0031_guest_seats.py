"""Seats of guests: a third person in one catch-up, and what the ledger says of them."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

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
    "joined_scheme",
    "left_scheme",
    "agreed_match",
    "left_match",
    "agreed_guest",
    "ended_guest",
)
LIVE = sa.text("state IN ('asked', 'agreed')")


def upgrade() -> None:
    op.create_table(
        "guest_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catchup_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("state_at", TIME, nullable=False),
        sa.Column("let_in", sa.Boolean(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("put_off", sa.Boolean(), nullable=False),
        sa.Column("told_start", TIME, nullable=True),
        sa.Column("attendance", sa.String(64), nullable=True),
        sa.Column("came_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_guest_seats"),
        sa.ForeignKeyConstraint(["catchup_id"], ["catchups.id"], name="fk_guest_seats_catchup_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_guest_seats_asked_by"),
        sa.CheckConstraint("role IN ('interpreter', 'supporter', 'guest')", name="ck_guest_seats_role"),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'declined', 'withdrawn', 'refused', 'over')", name="ck_guest_seats_state"
        ),
    )
    for column in ("catchup_id", "asked_by"):
        op.create_index(f"ix_guest_seats_{column}", "guest_seats", [column])
    op.create_index(
        "uq_guest_seats_live", "guest_seats", ["catchup_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    for name, column, when in (
        ("kept", "state_at", "key IS NOT NULL"),
        ("there", "attendance", "attendance IS NOT NULL"),
    ):
        where = sa.text(when)
        op.create_index(f"ix_guest_seats_{name}", "guest_seats", [column], sqlite_where=where, postgresql_where=where)
    _allow("kind", KINDS)
    _allow("subject_kind", ("offer", "routine", "introduction", "membership", "match", "guest"))


def _allow(column: str, values: tuple[str, ...]) -> None:
    listed, name = ", ".join(f"'{value}'" for value in values), op.f(f"ck_choices_{column}")
    with op.batch_alter_table("choices") as choices:
        choices.drop_constraint(name, type_="check")
        choices.create_check_constraint(name, f"{column} IN ({listed})")
