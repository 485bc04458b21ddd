"""Every table and every unique index. Unique indexes settle races; names of constraints are fixed for migrations."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcTime(TypeDecorator[datetime]):
    """Aware datetimes in and out, UTC in the database (SQLite keeps no zone, so it is put back on the way out)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone does not enter the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _at_most_one(name: str, column: str, when: str) -> Index:
    """A unique index over only those rows where `when` holds."""
    return Index(name, column, unique=True, sqlite_where=text(when), postgresql_where=text(when))


def _few(name: str, columns: str | tuple[str, ...], when: str) -> Index:
    """An index over the few rows of a large table where `when` holds, which a query says in the same words."""
    columns = (columns,) if isinstance(columns, str) else columns
    return Index(name, *columns, sqlite_where=text(when), postgresql_where=text(when))


people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(320), nullable=False),
    Column("email_key", String(320), nullable=False, unique=True),
    Column("phone", String(40), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Column("needs", Text, nullable=False),
    Column("zone_known", Boolean, nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("preferred_name", String(80), nullable=False),
    Column("language_known", Boolean, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("erased_at", UtcTime),
    Column("cleared_at", UtcTime),
    _few("ix_people_to_clear", "id", "erased_at IS NOT NULL AND cleared_at IS NULL"),
)

# Each name as it is sorted (place 0) and searched for (every place). "C" compares as SQLite does: byte by byte.
name_keys = Table(
    "name_keys",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("key", String(200).with_variant(String(200, collation="C"), "postgresql"), nullable=False, index=True),
    Index("ix_name_keys_first", "key", "person_id", sqlite_where=text("place = 0"), postgresql_where=text("place = 0")),
)

mentorships = Table(
    "mentorships",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mentor_id", ForeignKey("people.id"), nullable=False),
    Column("mentee_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("began_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False, server_default="active"),
    Column("state_at", UtcTime),
    UniqueConstraint("mentor_id", "mentee_id"),
    _one_of("state", "active", "paused", "ended"),
    CheckConstraint("mentor_id <> mentee_id", name="two_people"),
)

catchups = Table(
    "catchups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mentorship_id", ForeignKey("mentorships.id"), nullable=False, index=True),
    Column("began_at", UtcTime, nullable=False),
    Column("uid", String(64), nullable=False, unique=True),
    Column("sequence", Integer, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("until", UtcTime, nullable=False),
)

mutes = Table(
    "mutes",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("since", UtcTime, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("purpose", String(16), nullable=False),
    Column("catchup_id", ForeignKey("catchups.id"), index=True),
    Column("path", String(200), nullable=False),
    Column("secret_hash", String(64), unique=True),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("opened_at", UtcTime),
    Column("revoked_at", UtcTime),
    _one_of("purpose", "home", "catchup", "admin", "feed"),
    CheckConstraint("(purpose = 'catchup') = (catchup_id IS NOT NULL)", name="catchup"),
)

# An account that was ended keeps its row: the audit log names it.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    _one_of("role", "admin", "coordinator"),
)

# Triggers refuse to change or delete rows of these two. A migration that rebuilds one must make its triggers again.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("account_id", ForeignKey("accounts.id")),
    Column("act", String(32), nullable=False),
    Column("subject_kind", String(16)),
    Column("subject_id", Integer),
    Column("reason", String(300), nullable=False),
)

audit_people = Table(
    "audit_people",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("entry_id", ForeignKey("audit_entries.id"), primary_key=True, index=True),
)

visits = Table(
    "visits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("browser", String(20), nullable=False),
    Column("system", String(20), nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

visit_links = Table(
    "visit_links",
    metadata,
    Column("visit_id", ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True),
    Column("link_id", ForeignKey("links.id"), primary_key=True, index=True),
    Column("opened_at", UtcTime, nullable=False),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("credential_id", String(1400), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(80), nullable=False),
    Column("rp_id", String(255), nullable=False),
    Column("for_admin", Boolean, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

erasure_requests = Table(
    "erasure_requests",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False, index=True),
)

used_challenges = Table(
    "used_challenges",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("catchup_id", ForeignKey("catchups.id"), nullable=False, index=True),
    Column("author_id", ForeignKey("people.id"), nullable=False),
    Column("recipient_id", ForeignKey("people.id"), nullable=False),
    Column("supersedes_id", ForeignKey("offers.id"), index=True),
    Column("note", Text, nullable=False),
    Column("by_video", Boolean, nullable=False),
    Column("by_phone", Boolean, nullable=False),
    Column("phone_fallback", Boolean, nullable=False),
    Column("caller", String(8), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("moves_id", ForeignKey("bookings.id", name="fk_offers_moves_id", use_alter=True), index=True),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
    _one_of("state", "open", "accepted", "declined", "withdrawn", "expired", "superseded"),
    _one_of("caller", "mentor", "mentee"),
    Index("ix_offers_state_expires_at", "state", "expires_at"),
    _few("ix_offers_with_note", "id", "note <> ''"),
    _few("ix_offers_unbooked", ("state", "made_at"), "state <> 'accepted' AND moves_id IS NULL"),
    _at_most_one("uq_offers_open", "catchup_id", "state = 'open'"),
)

offer_times = Table(
    "offer_times",
    metadata,
    Column("offer_id", ForeignKey("offers.id"), primary_key=True),
    Column("start", UtcTime, primary_key=True),
)

wordings = Table(
    "wordings",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("language", String(35), nullable=False),
    Column("text", Text, nullable=False),
)

choices = Table(
    "choices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("format", Integer, nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("start", UtcTime),
    Column("medium", String(8)),
    Column("wording_hash", ForeignKey("wordings.hash"), nullable=False),
    Column("language", String(35), nullable=False),
    Column("channel", String(16)),
    Column("link_id", ForeignKey("links.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("previous_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    _one_of(
        "kind",
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
    ),
    _one_of("channel", "page", "call"),
    _one_of("subject_kind", "offer"),
    Index("ix_choices_subject_kind_subject_id", "subject_kind", "subject_id"),
)

choice_words = Table(
    "choice_words",
    metadata,
    Column("choice_id", ForeignKey("choices.id"), primary_key=True),
    Column("words", Text, nullable=False),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="one"),
)

# Of datetimes and heads, None is "not yet"; `reached` is empty before the first check.
ledger_check = Table(
    "ledger_check",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("began_at", UtcTime),
    Column("entry_id", Integer, nullable=False),
    Column("reached", String(200), nullable=False),
    Column("held", String(200)),
    Column("whole_at", UtcTime),
    Column("fault", String(16)),
    Column("fault_entry_id", Integer),
    Column("fault_entries", Integer),
    Column("fault_at", UtcTime),
    _one_of("fault", "altered", "reworded", "missing", "rewritten"),
    CheckConstraint("id = 1", name="one"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("catchup_id", ForeignKey("catchups.id"), nullable=False, index=True),
    Column("offer_id", ForeignKey("offers.id"), nullable=False, index=True),
    Column("start", UtcTime, nullable=False, index=True),
    Column("minutes", Integer, nullable=False),
    Column("medium", String(8), nullable=False),
    Column("phone_fallback", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("extra_minutes", Integer, nullable=False, server_default="0"),
    Column("more_time_asked_by", String(8)),
    _one_of("medium", "video", "phone"),
    _one_of("state", "confirmed", "cancelled", "rescheduled", "held", "missed"),
    _one_of("more_time_asked_by", "mentor", "mentee"),
    Index("ix_bookings_state_start", "state", "start"),
    _at_most_one("uq_bookings_live", "catchup_id", "state IN ('confirmed', 'held')"),
)

delays = Table(
    "delays",
    metadata,
    Column("booking_id", ForeignKey("bookings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("booking_id", ForeignKey("bookings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    _one_of("outcome", "spoke", "partly", "trouble", "missed"),
)

contents = Table(
    "contents",
    metadata,
    Column("catchup_id", ForeignKey("catchups.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("notes", LargeBinary),
    Column("notes_version", Integer, nullable=False),
)

content_items = Table(
    "content_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("catchup_id", ForeignKey("catchups.id"), nullable=False),
    Column("key", String(36), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("author_id", ForeignKey("people.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary),
    UniqueConstraint("catchup_id", "key"),
    _one_of("kind", "topic", "action", "resource"),
)

content_writers = Table(
    "content_writers",
    metadata,
    Column("catchup_id", ForeignKey("catchups.id"), primary_key=True),
    Column("writer", String(36), primary_key=True),
    Column("sequence", Integer, nullable=False),
)

content_files = Table(
    "content_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("catchup_id", ForeignKey("catchups.id"), nullable=False, index=True),
    Column("key", String(36), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

reflections = Table(
    "reflections",
    metadata,
    Column("catchup_id", ForeignKey("catchups.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)

agreed_records = Table(
    "agreed_records",
    metadata,
    Column("booking_id", ForeignKey("bookings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("wished_at", UtcTime, nullable=False),
    Column("made_at", UtcTime),
    Column("sealed", LargeBinary),
    Index(
        "ix_agreed_records_waiting",
        "booking_id",
        sqlite_where=text("made_at IS NULL"),
        postgresql_where=text("made_at IS NULL"),
    ),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("booking_id", ForeignKey("bookings.id"), nullable=False, unique=True),
    Column("opened_at", UtcTime, nullable=False),
)

attendances = Table(
    "attendances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("uid", String(64), nullable=False, unique=True),
    Column("joined_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("left_at", UtcTime),
    Column("why", String(32)),
    Column("connected_seconds", Float),
    Column("bytes_in", BigInteger),
    Column("bytes_out", BigInteger),
    Column("round_trip", Float),
    Column("jitter", Float),
    Column("loss", Float),
    _few("ix_attendances_measured", "id", "connected_seconds IS NOT NULL AND left_at IS NOT NULL"),
    _few("ix_attendances_present", "seen_at", "left_at IS NULL"),
)

# What was brought in at once, and by whom: the welcome emails refer to it.
imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("people", Integer, nullable=False),
    Column("pairs", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recipient_id", ForeignKey("people.id"), nullable=False),
    Column("event", String(80), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("catchup_id", ForeignKey("catchups.id"), index=True),
    Column("booking_id", ForeignKey("bookings.id"), index=True),
    Column("mentorship_id", ForeignKey("mentorships.id")),
    Column("import_id", ForeignKey("imports.id")),
    Column("address", String(320)),
    Column("path", String(200), nullable=False),
    Column("invitation", Text),
    Column("made_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcTime),
    Column("failed_at", UtcTime),
    Column("dropped_at", UtcTime),
    Column("last_error", String(300)),
    UniqueConstraint("recipient_id", "event"),
    _few("ix_outbox_waiting", "due_at", "sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL"),
    _few("ix_outbox_import_id", "import_id", "import_id IS NOT NULL"),
    _few("ix_outbox_failed", "id", "sent_at IS NULL AND failed_at IS NOT NULL AND dropped_at IS NULL"),
    _few("ix_outbox_undelivered", "id", "sent_at IS NULL AND dropped_at IS NULL AND last_error IS NOT NULL"),
)

mail_outages = Table(
    "mail_outages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reason", String(300), nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    CheckConstraint("id = 1", name="one"),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("work", String(16), nullable=False),
    Column("item", String(80), nullable=False),
    Column("number", Integer),
    Column("reason", String(300), nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False, index=True),
    UniqueConstraint("work", "item"),
)

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", UtcTime, nullable=False),
)

weekly_hours = Table(
    "weekly_hours",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("weekday", Integer, nullable=False),
    Column("begins", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="minutes"),
)

day_hours = Table(
    "day_hours",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("begins", Integer),
    Column("ends", Integer),
    CheckConstraint("(begins IS NULL) = (ends IS NULL)", name="closed"),
    CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="minutes"),
)

busy_feeds = Table(
    "busy_feeds",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", String(200), nullable=False),
    Column("due_at", UtcTime, nullable=False, index=True),
    Column("tried_at", UtcTime),
    Column("read_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("last_error", String(300)),
    Column("skipped", Integer, nullable=False),
)

busy_times = Table(
    "busy_times",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("begins", UtcTime, nullable=False),
    Column("ends", UtcTime, nullable=False),
    Index("ix_busy_times_person_id_begins", "person_id", "begins"),
)

media_checks = Table(
    "media_checks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    _one_of("origin", "browser", "command"),
)

media_check_paths = Table(
    "media_check_paths",
    metadata,
    Column("check_id", ForeignKey("media_checks.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("protocol", String(8), nullable=False),
    Column("ip", String(45), nullable=False),
    Column("port", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("milliseconds", Float),
    _one_of("protocol", "udp", "tcp"),
)

backup_reports = Table(
    "backup_reports",
    metadata,
    Column("work", String(8), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("finding", String(16), nullable=False),
    Column("file", Text, nullable=False),
    Column("made_at", UtcTime),
    Column("reason", String(300), nullable=False),
    _one_of("work", "backup", "drill"),
)
