"""Seats of somebody who was introduced, in a call of three, and what they say of it in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

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
    "took_seat",
    "left_seat",
)


def upgrade() -> None:
    with op.batch_alter_table("guest_seats") as seats:
        for column, other in (("introduction_id", "introductions"), ("third_id", "people")):
            seats.add_column(sa.Column(column, sa.Integer(), nullable=True))
            seats.create_foreign_key(f"fk_guest_seats_{column}", other, [column], ["id"])
    for column in ("introduction_id", "third_id"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_guest_seats_{column}", "guest_seats", [column], sqlite_where=where, postgresql_where=where)
    listed, name = ", ".join(f"'{kind}'" for kind in KINDS), op.f("ck_choices_kind")
    with op.batch_alter_table("choices") as choices:
        choices.drop_constraint(name, type_="check")
        choices.create_check_constraint(name, f"kind IN ({listed})")
