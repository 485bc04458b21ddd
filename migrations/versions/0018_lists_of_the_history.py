"""Indexes for the lists that the session history is made of: each state's rows in the order of time."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

UNBOOKED = sa.text("state <> 'accepted' AND moves_id IS NULL")


def upgrade() -> None:
    # The history was sorted by it; now it is sorted by the start, for which there is another index.
    op.drop_index("ix_bookings_state_id", "bookings")
    op.drop_index("ix_offers_unbooked", "offers")
    op.create_index(
        "ix_offers_unbooked", "offers", ["state", "made_at"], sqlite_where=UNBOOKED, postgresql_where=UNBOOKED
    )
