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
    false,
    text,
    true,
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


UNBOOKED_OFFER = "state <> 'accepted' AND moves_id IS NULL"


def _unbooked_by(medium: str) -> Index:
    """As each database writes that a truth value is true."""
    return Index(
        f"ix_offers_unbooked_{medium}",
        *("state", "made_at"),
        sqlite_where=text(f"{UNBOOKED_OFFER} AND by_{medium} IS 1"),
        postgresql_where=text(f"{UNBOOKED_OFFER} AND by_{medium} IS true"),
    )


# Who was merged into another person keeps the row: entries of the ledger and the audit log name it, and the address and
# the name lead to the other. `merged_into` is never somebody who was merged; `settles_at`: rows that others wrote for
# them at that moment follow then.
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
    Column("opened_at", UtcTime),
    Column("external_id", String(80)),
    _at_most_one("uq_people_external_id", "external_id", "external_id IS NOT NULL"),
    Column("to_compare", Boolean, nullable=False, server_default=true()),
    Column("merged_into", ForeignKey("people.id")),
    Column("settles_at", UtcTime),
    _few("ix_people_to_compare", "id", "to_compare"),
    _few("ix_people_merged_into", "merged_into", "merged_into IS NOT NULL"),
    _few("ix_people_settles_at", "settles_at", "settles_at IS NOT NULL"),
    _few("ix_people_unopened", "added_at", "opened_at IS NULL AND erased_at IS NULL"),
    _few("ix_people_to_clear", "id", "erased_at IS NOT NULL AND cleared_at IS NULL"),
)

# Each name as it is sorted (place 0) and searched for (every place). "C" compares as SQLite does: byte by byte.
name_keys = Table(
    "name_keys",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("key", String(200).with_variant(String(200, collation="C"), "postgresql"), nullable=False, index=True),
    _few("ix_name_keys_later", ("key", "person_id"), "place > 0"),
    Index("ix_name_keys_first", "key", "person_id", sqlite_where=text("place = 0"), postgresql_where=text("place = 0")),
)

# By what people are compared with each other: the key of the name, the address and the phone number of each.
double_keys = Table(
    "double_keys",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("key", String(320), nullable=False),
    _one_of("kind", "name", "address", "phone"),
    Index("ix_double_keys_kind_key", "kind", "key"),
)

# Two who are probably the same person, until somebody says that they are not.
doubles = Table(
    "doubles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("first_id", ForeignKey("people.id"), nullable=False),
    Column("second_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("dismissed_at", UtcTime),
    UniqueConstraint("first_id", "second_id"),
    CheckConstraint("first_id < second_id", name="in_order"),
    _few("ix_doubles_open", "id", "dismissed_at IS NULL"),
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
    Column("quiet_since", UtcTime),
    Column("rests_by", String(8)),
    Column("nudge_at", UtcTime),
    Column("review_at", UtcTime),
    Column("external_id", String(80)),
    _at_most_one("uq_mentorships_external_id", "external_id", "external_id IS NOT NULL"),
    UniqueConstraint("mentor_id", "mentee_id"),
    _few("ix_mentorships_quiet", "quiet_since", "state = 'active'"),
    _one_of("state", "active", "paused", "ended"),
    _one_of("rests_by", "either", "scheme"),
    _few("ix_mentorships_at_rest", "state_at", "state <> 'active'"),
    _few("ix_mentorships_to_nudge", "nudge_at", "state = 'active'"),
    _few("ix_mentorships_to_review", "review_at", "state = 'active'"),
    CheckConstraint("mentor_id <> mentee_id", name="two_people"),
)

# Those of mentorships that were joined with another, by that one.
former_external_ids = Table(
    "former_external_ids",
    metadata,
    Column("external_id", String(80), primary_key=True),
    Column("mentorship_id", ForeignKey("mentorships.id"), nullable=False, index=True),
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

# How many of their free times a person shows the other of the two; without a row none.
shared_times = Table(
    "shared_times",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("share", String(8), nullable=False),
    _one_of("share", "few", "all"),
)

# How far the two are with the catch-ups that they planned: see CourseState. `look_at` is when the clock looks at it.
courses = Table(
    "courses",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("counted_from", UtcTime, nullable=False),
    Column("over_at", UtcTime),
    Column("look_at", UtcTime),
    _one_of("state", "unplanned", "running", "closing", "over", "finished"),
    _few("ix_courses_look_at", "look_at", "look_at IS NOT NULL"),
)

# What each of the two said for themselves: how long, whether they would like to go on, and once it has ended, at
# `chosen_at`, whether what they shared is erased. None until they say it.
course_parts = Table(
    "course_parts",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("catchups", Integer),
    Column("every", String(16)),
    Column("wish", String(8)),
    Column("erases", Boolean),
    Column("chosen_at", UtcTime),
    _one_of("every", "week", "two_weeks", "three_weeks", "four_weeks", "month"),
    _one_of("wish", "go_on", "finish"),
)

# A round in which both are asked whether things still fit: open `until` then, while `shared` is NULL. Once it is
# closed, `shared` are the matters that both would like to change, with spaces between them, shown `until` then.
reviews = Table(
    "reviews",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("until", UtcTime, nullable=False, index=True),
    Column("shared", String(40)),
)

# What each of the two says in a round that is open, deleted when it is closed.
review_answers = Table(
    "review_answers",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("medium", String(8)),
    Column("hour", String(8)),
    Column("length", String(8)),
    Column("needs", String(8)),
    Column("not_now", Boolean, nullable=False),
    _one_of("medium", "fits", "change"),
    _one_of("hour", "fits", "change"),
    _one_of("length", "fits", "change"),
    _one_of("needs", "fits", "change"),
)

# The words that each leaves for the other, for the keepsake.
farewells = Table(
    "farewells",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# Which of the guides for mentors and mentees somebody does not want to see any more.
dismissed_guides = Table(
    "dismissed_guides",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("guide", String(24), primary_key=True),
)

# A routine's first day is a local date, `minute` its local time from midnight. `handled_until` is the newest of its
# times that was offered, `due_at` when the next is to be looked at (None: it has ended).
routines = Table(
    "routines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mentorship_id", ForeignKey("mentorships.id"), nullable=False, unique=True),
    Column("set_by", ForeignKey("people.id"), nullable=False),
    Column("link_id", ForeignKey("links.id"), nullable=False, index=True),
    Column("wording_hash", ForeignKey("wordings.hash"), nullable=False),
    Column("set_at", UtcTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("every", String(16), nullable=False),
    Column("first", Date, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("medium", String(8), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("mentor_paused_until", UtcTime),
    Column("mentee_paused_until", UtcTime),
    Column("handled_until", UtcTime),
    Column("due_at", UtcTime, index=True),
    _one_of("every", "week", "two_weeks", "three_weeks", "four_weeks", "month"),
    _one_of("medium", "video", "phone"),
    CheckConstraint("minute BETWEEN 0 AND 1439", name="minute"),
)

# The third person is asked once, from `ask_at` on (None: that is settled), and is not known before. Who was `added` for
# an introduction is known through introductions alone. `due_at` is when the time is over, None once it is.
introductions = Table(
    "introductions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mentorship_id", ForeignKey("mentorships.id"), nullable=False, index=True),
    Column("mentor_id", ForeignKey("people.id"), nullable=False),
    Column("mentee_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("third_id", ForeignKey("people.id"), index=True),
    Column("added", Boolean, nullable=False),
    Column("key", String(36), nullable=False),
    Column("state", String(16), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("ask_at", UtcTime),
    Column("due_at", UtcTime, index=True),
    UniqueConstraint("mentor_id", "key"),
    Index("ix_introductions_mentor_id_made_at", "mentor_id", "made_at"),
    _few("ix_introductions_to_ask", "ask_at", "ask_at IS NOT NULL"),
    _few("ix_introductions_added", "third_id", "added"),
    _one_of("state", "asked", "agreed", "continued", "withdrawn", "lapsed", "ended"),
)

# What the mentor wrote, until the introduction is over.
introduction_words = Table(
    "introduction_words",
    metadata,
    Column("introduction_id", ForeignKey("introductions.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# Whether one of the two who are asked has said no, until the introduction is over. A yes stands in the ledger. The row
# is there from when they are asked: how many there are tells nobody of a no.
introduction_answers = Table(
    "introduction_answers",
    metadata,
    Column("introduction_id", ForeignKey("introductions.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("refused", Boolean, nullable=False),
)

# Addresses, hashed with a key of the server's secret, to which no introduction goes.
introduction_blocks = Table(
    "introduction_blocks",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("at", UtcTime, nullable=False),
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
    Column("by_routine", Boolean, nullable=False, server_default=false()),
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
    _few("ix_offers_unbooked", ("state", "made_at"), UNBOOKED_OFFER),
    _unbooked_by("video"),
    _unbooked_by("phone"),
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
        "set_routine",
        "paused_routine",
        "resumed_routine",
        "ended_routine",
        "agreed_contact",
        "ended_contact",
        "joined_scheme",
        "left_scheme",
        "agreed_match",
        "left_match",
        "agreed_guest",
        "ended_guest",
        "took_seat",
        "left_seat",
    ),
    _one_of("channel", "page", "call", "routine"),
    _one_of("subject_kind", "offer", "routine", "introduction", "membership", "match", "guest"),
    # The id first: SQLite's statistics take a kind for rare, and so all entries of one kind would be walked through.
    Index("ix_choices_subject_id_subject_kind", "subject_id", "subject_kind"),
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
    Index("ix_bookings_state_medium_start", "state", "medium", "start"),
    _at_most_one("uq_bookings_live", "catchup_id", "state IN ('confirmed', 'held')"),
)

# A third person's seat in one catch-up. Their name, address and key are deleted some days after it has ended: what
# stays is that somebody was there, and as what.
guest_seats = Table(
    "guest_seats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("catchup_id", ForeignKey("catchups.id"), nullable=False, index=True),
    Column("asked_by", ForeignKey("people.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("email", String(320), nullable=False),
    Column("language", String(35), nullable=False),
    Column("role", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("key", String(64)),
    Column("made_at", UtcTime, nullable=False),
    Column("state_at", UtcTime, nullable=False),
    Column("let_in", Boolean, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("put_off", Boolean, nullable=False),
    Column("told_start", UtcTime),
    Column("attendance", String(64)),
    Column("came_at", UtcTime),
    Column("introduction_id", ForeignKey("introductions.id")),
    Column("third_id", ForeignKey("people.id")),
    _one_of("role", "interpreter", "supporter", "guest"),
    _one_of("state", "asked", "agreed", "declined", "withdrawn", "refused", "over"),
    _at_most_one("uq_guest_seats_live", "catchup_id", "state IN ('asked', 'agreed')"),
    _few("ix_guest_seats_kept", "state_at", "key IS NOT NULL"),
    _few("ix_guest_seats_there", "attendance", "attendance IS NOT NULL"),
    _few("ix_guest_seats_introduction_id", "introduction_id", "introduction_id IS NOT NULL"),
    _few("ix_guest_seats_third_id", "third_id", "third_id IS NOT NULL"),
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

# Ids are not used again: a reader's mark says up to which one they have read.
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mentorship_id", ForeignKey("mentorships.id"), nullable=False),
    Column("author_id", ForeignKey("people.id"), nullable=False),
    Column("key", String(36), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("sealed", LargeBinary),
    UniqueConstraint("mentorship_id", "key"),
    Index("ix_messages_mentorship_id_id", "mentorship_id", "id"),
    sqlite_autoincrement=True,
)

message_files = Table(
    "message_files",
    metadata,
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("mentorship_id", ForeignKey("mentorships.id"), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

message_readers = Table(
    "message_readers",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("read_id", Integer, nullable=False),
    Column("notice", String(8), nullable=False),
    Column("notice_at", UtcTime),
    _one_of("notice", "at_once", "daily", "none"),
)

situations = Table(
    "situations",
    metadata,
    Column("mentorship_id", ForeignKey("mentorships.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("until", Date, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("booking_id", ForeignKey("bookings.id"), nullable=False, unique=True),
    Column("opened_at", UtcTime, nullable=False),
    Column("poor", Boolean, nullable=False, server_default=text("false")),
    Column("ended_at", UtcTime),
    Column("empty_since", UtcTime),
    _few("ix_sessions_poor", ("id", "booking_id"), "poor"),
    _few("ix_sessions_open", "id", "empty_since IS NULL"),
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
    # The machine of the relay process that they were in; None where one serves the database.
    Column("machine", String(32)),
    _few("ix_attendances_measured", "id", "connected_seconds IS NOT NULL AND left_at IS NOT NULL"),
    _few("ix_attendances_present", "seen_at", "left_at IS NULL"),
)

connection_samples = Table(
    "connection_samples",
    metadata,
    Column("attendance_id", ForeignKey("attendances.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("samples", Text, nullable=False),
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

# `opens_on` and `closes_on` are days in the scheme's zone; None: no such day, and of places: as many as come.
schemes = Table(
    "schemes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(60), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("language", String(35), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("summary", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("length", Text, nullable=False),
    Column("welcome", Text, nullable=False),
    Column("colour", String(16), nullable=False),
    Column("opens_on", Date),
    Column("closes_on", Date),
    Column("mentor_places", Integer),
    Column("mentee_places", Integer),
    Column("public", Boolean, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    CheckConstraint("opens_on <= closes_on", name="days"),
    CheckConstraint("mentor_places > 0 AND mentee_places > 0", name="places"),
)

scheme_logos = Table(
    "scheme_logos",
    metadata,
    Column("scheme_id", ForeignKey("schemes.id"), primary_key=True),
    Column("media_type", String(40), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

scheme_coordinators = Table(
    "scheme_coordinators",
    metadata,
    Column("scheme_id", ForeignKey("schemes.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, index=True),
)

scheme_topics = Table(
    "scheme_topics",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme_id", ForeignKey("schemes.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Index("ix_scheme_topics_scheme_id_place", "scheme_id", "place"),
)

scheme_topic_names = Table(
    "scheme_topic_names",
    metadata,
    Column("topic_id", ForeignKey("scheme_topics.id", ondelete="CASCADE"), primary_key=True),
    Column("language", String(35), primary_key=True),
    Column("name", String(80), nullable=False),
)

# `since` is when the person signed up: the order of the waiting list. `languages` are BCP 47 tags with spaces between.
memberships = Table(
    "memberships",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme_id", ForeignKey("schemes.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("role", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_at", UtcTime, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("brings", Text, nullable=False),
    Column("seeks", Text, nullable=False),
    Column("languages", String(200), nullable=False),
    Column("by_video", Boolean, nullable=False),
    Column("by_phone", Boolean, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("needs", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("department", String(120), nullable=False),
    Column("other_department", Boolean, nullable=False),
    Column("wishes", Text, nullable=False),
    UniqueConstraint("scheme_id", "person_id"),
    _one_of("role", "mentor", "mentee", "both"),
    _one_of("state", "unconfirmed", "applied", "waiting_list", "member", "declined", "left", "ended"),
    Index("ix_memberships_scheme_id_state_since", "scheme_id", "state", "since"),
    _few("ix_memberships_unconfirmed", "state_at", "state = 'unconfirmed'"),
)

membership_topics = Table(
    "membership_topics",
    metadata,
    Column("membership_id", ForeignKey("memberships.id"), primary_key=True),
    Column("topic_id", ForeignKey("scheme_topics.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("use", String(8), primary_key=True),
    _one_of("use", "brings", "seeks"),
)

membership_hours = Table(
    "membership_hours",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("membership_id", ForeignKey("memberships.id"), nullable=False, index=True),
    Column("weekday", Integer, nullable=False),
    Column("begins", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="minutes"),
)

# A name or an email address, one a row: somebody with whom the person does not want to be matched.
membership_exclusions = Table(
    "membership_exclusions",
    metadata,
    Column("membership_id", ForeignKey("memberships.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("who", String(320), nullable=False),
)

# A run of the matching of a scheme. `lease_until` is renewed by the process that looks after it. `digest` is that of
# what it read, `report` how it came out, as JSON. The ids of people are those of their memberships.
match_runs = Table(
    "match_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme_id", ForeignKey("schemes.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("digest", String(64)),
    Column("progress", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("lease_until", UtcTime),
    Column("ended_at", UtcTime),
    Column("report", Text),
    _one_of("state", "waiting", "running", "done", "cancelled", "failed", "lost"),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    _at_most_one("uq_match_runs_live", "scheme_id", "state IN ('waiting', 'running')"),
    _few("ix_match_runs_live", "id", "state IN ('waiting', 'running')"),
)

# `reasons` and `details` (points and other mentors) are JSON, without anything that somebody keeps from others.
match_suggestions = Table(
    "match_suggestions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("match_runs.id"), nullable=False),
    Column("mentor_membership_id", ForeignKey("memberships.id"), nullable=False, index=True),
    Column("mentee_membership_id", ForeignKey("memberships.id"), nullable=False, index=True),
    Column("score", Integer, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("first_choice", Boolean, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("details", Text, nullable=False),
    UniqueConstraint("run_id", "mentee_membership_id"),
)

match_left_out = Table(
    "match_left_out",
    metadata,
    Column("run_id", ForeignKey("match_runs.id"), primary_key=True),
    Column("membership_id", ForeignKey("memberships.id"), primary_key=True, index=True),
    Column("role", String(8), primary_key=True),
    Column("reason", String(32), nullable=False),
    _one_of("role", "mentor", "mentee"),
)

# A pair that a coordinator has pinned or forbidden; the reason is in the audit log.
match_rules = Table(
    "match_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme_id", ForeignKey("schemes.id"), nullable=False, index=True),
    Column("mentor_membership_id", ForeignKey("memberships.id"), nullable=False),
    Column("mentee_membership_id", ForeignKey("memberships.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    UniqueConstraint("mentor_membership_id", "mentee_membership_id"),
    _one_of("kind", "pin", "ban"),
)

# `link_id` and `wording_hash` are of the mentee's yes.
match_proposals = Table(
    "match_proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme_id", ForeignKey("schemes.id"), nullable=False),
    Column("mentor_membership_id", ForeignKey("memberships.id"), nullable=False, index=True),
    Column("mentee_membership_id", ForeignKey("memberships.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, index=True),
    Column("declined_by", String(8)),
    Column("link_id", ForeignKey("links.id"), index=True),
    Column("wording_hash", ForeignKey("wordings.hash")),
    Column("mentorship_id", ForeignKey("mentorships.id"), index=True),
    Column("booking_id", ForeignKey("bookings.id"), index=True),
    _one_of("state", "asks_mentee", "asks_mentor", "agreed", "declined", "lapsed", "withdrawn"),
    _one_of("declined_by", "mentor", "mentee"),
    _at_most_one("uq_match_proposals_open", "mentee_membership_id", "state IN ('asks_mentee', 'asks_mentor')"),
    Index("ix_match_proposals_scheme_id_id", "scheme_id", "id"),
)

match_proposal_times = Table(
    "match_proposal_times",
    metadata,
    Column("proposal_id", ForeignKey("match_proposals.id"), primary_key=True),
    Column("start", UtcTime, primary_key=True),
)

# What somebody says would change their no, for those who coordinate the scheme.
match_words = Table(
    "match_words",
    metadata,
    Column("proposal_id", ForeignKey("match_proposals.id"), primary_key=True),
    Column("membership_id", ForeignKey("memberships.id"), primary_key=True, index=True),
    Column("words", Text, nullable=False),
)

# Questions and resources for agendas: those of a scheme, or of the whole server without one.
library_entries = Table(
    "library_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme_id", ForeignKey("schemes.id"), index=True),
    Column("url", String(2000), nullable=False),
)

library_texts = Table(
    "library_texts",
    metadata,
    Column("entry_id", ForeignKey("library_entries.id", ondelete="CASCADE"), primary_key=True),
    Column("language", String(35), primary_key=True),
    Column("text", String(500), nullable=False),
)

# Which of the questions that the program brings along are not shown on this server.
hidden_cards = Table(
    "hidden_cards",
    metadata,
    Column("card", String(24), primary_key=True),
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
    Column("mentorship_id", ForeignKey("mentorships.id"), index=True),
    Column("import_id", ForeignKey("imports.id")),
    Column("membership_id", ForeignKey("memberships.id")),
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
    _few("ix_outbox_membership_id", "membership_id", "membership_id IS NOT NULL"),
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

breaks = Table(
    "breaks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    CheckConstraint("first <= last", name="days"),
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

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("scopes", String(200), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("revoked_at", UtcTime),
)

# `salt` makes its secret, together with the server's.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", String(2000), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Column("failing_since", UtcTime),
    Column("stopped_at", UtcTime),
    Column("stopped_by", String(8)),
    _one_of("stopped_by", "admin", "gone", "failures"),
    CheckConstraint("(stopped_at IS NULL) = (stopped_by IS NULL)", name="stopped"),
)

# `called_at` is when it was tried last, at first when it happened; `due_at` is when it is tried next, None when it was
# delivered or given up.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", String(80), nullable=False),
    Column("event", String(32), nullable=False),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("at", UtcTime, nullable=False),
    Column("called_at", UtcTime, nullable=False, index=True),
    Column("due_at", UtcTime),
    Column("replay_at", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", UtcTime),
    UniqueConstraint("webhook_id", "event_id"),
    _few("ix_webhook_deliveries_due", ("webhook_id", "due_at"), "due_at IS NOT NULL"),
    _few("ix_webhook_deliveries_replay", ("webhook_id", "replay_at"), "replay_at IS NOT NULL"),
    Index("ix_webhook_deliveries_newest", "webhook_id", "id"),
)

webhook_calls = Table(
    "webhook_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer),
    Column("answer", String(300), nullable=False),
    Column("is_replay", Boolean, nullable=False),
)

# Of those that serve one database together (docs/scaling.md); all of it empty where one machine does. Leases and times
# are by the database's clock. `since`: when the machine began to renew its lease without a gap. A row is deleted when
# the machine is gone for good.
machines = Table(
    "machines",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("address", String(255), nullable=False),
    Column("certificate", Text, nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("lease_end", UtcTime, nullable=False),
)

# `name` is of one life of the process, `protocol` the version of the control protocol that it speaks.
relay_processes = Table(
    "relay_processes",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("machine", ForeignKey("machines.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("protocol", Integer, nullable=False),
    Column("region", String(32), nullable=False),
    Column("draining", Boolean, nullable=False),
    Column("people", Integer, nullable=False),
    Column("lease_end", UtcTime, nullable=False),
)

# `relay` may have ended: then the call is placed again by who asks first.
call_placements = Table(
    "call_placements",
    metadata,
    Column("call", String(64), primary_key=True),
    Column("relay", String(32), nullable=False, index=True),
    Column("placed_at", UtcTime, nullable=False),
    Column("used_at", UtcTime, nullable=False, index=True),
)

# What a machine tells all others at once. Rows are kept for minutes.
machine_events = Table(
    "machine_events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("machine", String(32), nullable=False),
    Column("content", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False, index=True),
)
