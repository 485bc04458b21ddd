"""One calendar event a catch-up, more kinds of choices, moves, phone, reports, availability, limits.

On SQLite a changed constraint means a new table that takes the rows over: hence batches, and no foreign keys enforced
while it lasts (they are checked before the transaction is committed).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)
CHOICES = (
    "'offered', 'accepted', 'declined', 'postponed', 'suggested', 'took_back', 'withdrew', 'undid', "
    "'allowed_phone', 'disallowed_phone'"
)
LIVE = sa.text("state IN ('confirmed', 'held')")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    _people()
    _catchups()
    _links_and_choices()
    _offers_and_bookings()
    _outbox()
    _after_the_call()
    _availability()


def _people() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("zone_known", sa.Boolean(), nullable=False, server_default=sa.false()))
        people.add_column(sa.Column("discreet", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("people") as people:
        people.alter_column("zone_known", server_default=None)
        people.alter_column("discreet", server_default=None)


def _catchups() -> None:
    """A catch-up takes over the UID of its newest booking; one that was never booked gets a UID of its own."""
    op.add_column("catchups", sa.Column("uid", sa.String(64), nullable=True))
    op.add_column("catchups", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE catchups SET "
        "uid = (SELECT uid FROM bookings WHERE catchup_id = catchups.id ORDER BY bookings.id DESC LIMIT 1), "
        "sequence = COALESCE("
        "(SELECT sequence FROM bookings WHERE catchup_id = catchups.id ORDER BY bookings.id DESC LIMIT 1), 0)"
    )
    op.execute("UPDATE catchups SET uid = 'catchup-' || id || '@fireside' WHERE uid IS NULL")
    with op.batch_alter_table("catchups") as catchups:
        catchups.alter_column("uid", nullable=False)
        catchups.alter_column("sequence", server_default=None)
        catchups.create_unique_constraint(op.f("uq_catchups_uid"), ["uid"])


def _links_and_choices() -> None:
    with op.batch_alter_table("links") as links:
        links.drop_constraint(op.f("ck_links_purpose"), type_="check")
        links.create_check_constraint(op.f("ck_links_purpose"), "purpose IN ('home', 'catchup', 'admin', 'feed')")
    with op.batch_alter_table("choices") as choices:
        choices.add_column(sa.Column("channel", sa.String(16), nullable=True))
        choices.drop_constraint(op.f("ck_choices_kind"), type_="check")
        choices.create_check_constraint(op.f("ck_choices_kind"), f"kind IN ({CHOICES})")
        choices.create_check_constraint(op.f("ck_choices_channel"), "channel IN ('page', 'call')")
    op.create_table(
        "pauses",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name=op.f("fk_pauses_mentorship_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pauses_person_id")),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name=op.f("pk_pauses")),
    )


def _offers_and_bookings() -> None:
    with op.batch_alter_table("bookings") as bookings:
        bookings.add_column(sa.Column("phone_fallback", sa.Boolean(), nullable=False, server_default=sa.false()))
        bookings.drop_constraint(op.f("uq_bookings_offer_id"), type_="unique")
        bookings.drop_constraint(op.f("uq_bookings_uid"), type_="unique")
        bookings.drop_column("uid")
        bookings.drop_column("sequence")
    with op.batch_alter_table("bookings") as bookings:
        bookings.alter_column("phone_fallback", server_default=None)
    op.create_index(op.f("ix_bookings_offer_id"), "bookings", ["offer_id"])
    op.create_index(
        "uq_bookings_live", "bookings", ["catchup_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    with op.batch_alter_table("offers") as offers:
        offers.add_column(sa.Column("phone_fallback", sa.Boolean(), nullable=False, server_default=sa.false()))
        offers.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        offers.drop_constraint(op.f("uq_offers_supersedes_id"), type_="unique")
        offers.add_column(sa.Column("moves_id", sa.Integer(), nullable=True))
        offers.create_foreign_key(op.f("fk_offers_moves_id"), "bookings", ["moves_id"], ["id"])
    with op.batch_alter_table("offers") as offers:
        offers.alter_column("phone_fallback", server_default=None)
        offers.alter_column("revision", server_default=None)
    op.create_index(op.f("ix_offers_moves_id"), "offers", ["moves_id"])
    op.create_index(op.f("ix_offers_supersedes_id"), "offers", ["supersedes_id"])
    op.create_index("uq_offers_open", "offers", ["catchup_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def _outbox() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("catchup_id", nullable=True)
        outbox.add_column(sa.Column("booking_id", sa.Integer(), nullable=True))
        outbox.add_column(sa.Column("invitation", sa.Text(), nullable=True))
        outbox.add_column(sa.Column("dropped_at", TIME, nullable=True))
        outbox.create_foreign_key(op.f("fk_outbox_booking_id"), "bookings", ["booking_id"], ["id"])
    op.create_index(op.f("ix_outbox_booking_id"), "outbox", ["booking_id"])
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowances")),
    )


def _after_the_call() -> None:
    op.create_table(
        "delays",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_delays_booking_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_delays_person_id")),
        sa.PrimaryKeyConstraint("booking_id", "person_id", name=op.f("pk_delays")),
    )
    op.create_table(
        "reports",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint("outcome IN ('spoke', 'partly', 'trouble', 'missed')", name=op.f("ck_reports_outcome")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_reports_booking_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reports_person_id")),
        sa.PrimaryKeyConstraint("booking_id", "person_id", name=op.f("pk_reports")),
    )


def _availability() -> None:
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday")),
        sa.CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name=op.f("ck_weekly_hours_minutes")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_weekly_hours_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
    )
    op.create_index(op.f("ix_weekly_hours_person_id"), "weekly_hours", ["person_id"])
    op.create_table(
        "day_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.CheckConstraint("(begins IS NULL) = (ends IS NULL)", name=op.f("ck_day_hours_closed")),
        sa.CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name=op.f("ck_day_hours_minutes")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_day_hours_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_hours")),
    )
    op.create_index(op.f("ix_day_hours_person_id"), "day_hours", ["person_id"])
    op.create_table(
        "busy_feeds",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("tried_at", TIME, nullable=True),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_busy_feeds_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_busy_feeds")),
    )
    op.create_index(op.f("ix_busy_feeds_due_at"), "busy_feeds", ["due_at"])
    op.create_table(
        "busy_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("begins", TIME, nullable=False),
        sa.Column("ends", TIME, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_busy_times_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_times")),
    )
    op.create_index("ix_busy_times_person_id_begins", "busy_times", ["person_id", "begins"])
