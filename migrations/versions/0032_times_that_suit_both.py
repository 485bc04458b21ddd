"""How many of their free times somebody shows the other of a mentorship."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "shared_times",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_shared_times_mentorship_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shared_times_person_id"),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name="pk_shared_times"),
        sa.CheckConstraint("share IN ('few', 'all')", name="ck_shared_times_share"),
    )
