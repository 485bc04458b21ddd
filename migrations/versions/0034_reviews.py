"""Asking the two of a mentorship twice a year whether what they arranged still fits, each alone."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

TIME = sa.DateTime(timezone=True)
ACTIVE = sa.text("state = 'active'")
MATTERS = ("medium", "hour", "length", "needs")


def upgrade() -> None:
    op.add_column("mentorships", sa.Column("review_at", TIME, nullable=True))
    op.create_index(
        "ix_mentorships_to_review", "mentorships", ["review_at"], sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )
    op.create_table(
        "reviews",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("shared", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_reviews_mentorship_id"),
        sa.PrimaryKeyConstraint("mentorship_id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_until", "reviews", ["until"])
    op.create_table(
        "review_answers",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *(sa.Column(matter, sa.String(8), nullable=True) for matter in MATTERS),
        sa.Column("not_now", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_review_answers_mentorship_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_review_answers_person_id"),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name="pk_review_answers"),
        *(sa.CheckConstraint(f"{each} IN ('fits', 'change')", name=f"ck_review_answers_{each}") for each in MATTERS),
    )
