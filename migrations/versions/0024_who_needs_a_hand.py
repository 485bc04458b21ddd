"""Since when a pair has not met, and when somebody got in first."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("mentorships", sa.Column("quiet_since", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE mentorships SET quiet_since = COALESCE((SELECT MAX(bookings.start) FROM bookings JOIN catchups "
        "ON catchups.id = bookings.catchup_id WHERE catchups.mentorship_id = mentorships.id "
        "AND bookings.state = 'held'), began_at)"
    )
    _few("ix_mentorships_quiet", "mentorships", "quiet_since", "state = 'active'")
    op.add_column("people", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE people SET opened_at = (SELECT MIN(links.opened_at) FROM links WHERE links.person_id = people.id)"
    )
    _few("ix_people_unopened", "people", "added_at", "opened_at IS NULL AND erased_at IS NULL")


def _few(name: str, table: str, column: str, when: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(when), postgresql_where=sa.text(when))
