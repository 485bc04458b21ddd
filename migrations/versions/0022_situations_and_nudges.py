"""How things are with somebody, for the other of a mentorship; and when a mentor is to be reminded of one."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    op.create_table(
        "situations",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_situations_mentorship_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_situations_person_id"),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name="pk_situations"),
    )
    op.create_index("ix_situations_until", "situations", ["until"])
    op.add_column("mentorships", sa.Column("nudge_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_mentorships_to_nudge", "mentorships", ["nudge_at"], sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )
