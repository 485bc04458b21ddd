"""Indexes for what is read of a long history: the sessions of a medium, and somebody's own choices and answers."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

UNBOOKED = "state <> 'accepted' AND moves_id IS NULL"


def upgrade() -> None:
    op.create_index("ix_bookings_state_medium_start", "bookings", ["state", "medium", "start"])
    for medium in ("video", "phone"):
        op.create_index(
            f"ix_offers_unbooked_{medium}",
            "offers",
            ["state", "made_at"],
            sqlite_where=sa.text(f"{UNBOOKED} AND by_{medium} IS 1"),
            postgresql_where=sa.text(f"{UNBOOKED} AND by_{medium} IS true"),
        )
    op.drop_index("ix_choices_subject_kind_subject_id", "choices")
    op.create_index("ix_choices_subject_id_subject_kind", "choices", ["subject_id", "subject_kind"])
    op.create_index("ix_introduction_answers_person_id", "introduction_answers", ["person_id"])
