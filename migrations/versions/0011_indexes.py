"""Indexes for every read of what grows: no page, verb or job walks through the whole history."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_index("ix_outbox_due", "outbox")
    _few("ix_outbox_waiting", "outbox", "due_at", "sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL")
    _few("ix_outbox_failed", "outbox", "id", "sent_at IS NULL AND failed_at IS NOT NULL AND dropped_at IS NULL")
    _few("ix_outbox_undelivered", "outbox", "id", "sent_at IS NULL AND dropped_at IS NULL AND last_error IS NOT NULL")
    _few("ix_attendances_present", "attendances", "seen_at", "left_at IS NULL")
    _few("ix_offers_unbooked", "offers", "id", "state <> 'accepted' AND moves_id IS NULL")
    op.create_index("ix_bookings_state_start", "bookings", ["state", "start"])
    op.create_index("ix_bookings_state_id", "bookings", ["state", "id"])
    # A link that was never sent is deleted: the database looks for what refers to it.
    op.create_index("ix_visit_links_link_id", "visit_links", ["link_id"])
    op.create_index("ix_choices_link_id", "choices", ["link_id"])


def _few(name: str, table: str, column: str, when: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(when), postgresql_where=sa.text(when))
