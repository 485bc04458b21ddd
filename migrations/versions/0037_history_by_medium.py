"""The session history of one medium: indexes to find and count its rows."""

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
