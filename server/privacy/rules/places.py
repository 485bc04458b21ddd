"""Every place in the database where a person's data rests. Export and erasure both walk this one list.

Each table has one entry, which names all of its columns: a test holds the list against the schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from server.i18n.texts import N_


class OnErasure(Enum):
    """What erasing a person does with the rows that are about them."""

    GOES = "the rows are deleted"
    STAYS = "the rows stay as numbers and times, without names and words, so that counts and the ledger still hold"


class Kind(Enum):
    """What a place is about: a title, and in plain words what it is kept for."""

    PERSON = (N_("Who you are"), N_("So that the people you meet know who you are, and emails and calls reach you."))
    ACCESS = (N_("How you get in"), N_("So that your pages open to you and to nobody else."))
    MEETING = (
        N_("When you meet"),
        N_("So that you and the people you meet agree on a time, and each knows what comes next."),
    )
    CHOICES = (N_("What you agreed to"), N_("So that nobody can say later that you agreed to something else."))
    CALLS = (N_("Calls"), N_("So that the scheme can count its catch-ups and find out why a call was poor."))
    EMAILS = (N_("Emails to you"), N_("So that no email is lost, and none comes twice."))
    WATCH = (N_("Your rights"), N_("So that you see who looked at your data, and get what you asked for."))

    @property
    def title(self) -> str:
        return self.value[0]

    @property
    def why(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Place:
    """A table that holds data about people.

    `whose` are the columns that name the person, any of which is enough; `within` is a column that names the row of
    another place which a row belongs to, and that place: with both, both must hold, so that an index finds the rows.
    `columns` are all columns, separated by spaces; the `secret` ones are not exported. `blanked` are the columns that
    erasing empties although the rows stay, each with the column that says who wrote it.
    """

    table: str
    kind: Kind
    title: str
    whose: tuple[str, ...]
    on_erasure: OnErasure
    columns: str
    within: tuple[str, str] | None = None
    secret: str = ""
    blanked: Mapping[str, str] = field(default_factory=dict)

    @property
    def exported(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns.split() if name not in self.secret.split())


@dataclass(frozen=True, slots=True)
class NobodysTable:
    """A table that holds nothing about a person who uses the server, and why. `columns` are all of its columns."""

    table: str
    why: str
    columns: str


GOES, STAYS = OnErasure.GOES, OnErasure.STAYS
PERSON = ("person_id",)
IN_MENTORSHIP, IN_BOOKING = ("mentorship_id", "mentorships"), ("booking_id", "bookings")
IN_CATCHUP = ("catchup_id", "catchups")

# What the row of a person holds that erasing empties.
OWN_WORDS = "name email email_key phone zone language needs zone_known discreet preferred_name language_known"

PLACES = (
    Place(
        "people",
        Kind.PERSON,
        N_("Name, contact data and preferences"),
        ("id",),
        STAYS,
        f"id {OWN_WORDS} added_at erased_at cleared_at",
        secret="email_key",  # noqa: S106 the name of a column
        blanked=dict.fromkeys(OWN_WORDS.split(), "id"),
    ),
    Place("name_keys", Kind.PERSON, N_("Name, as it is searched for"), PERSON, GOES, "person_id place key"),
    Place(
        "mentorships",
        Kind.PERSON,
        N_("Mentorships"),
        ("mentor_id", "mentee_id"),
        STAYS,
        "id mentor_id mentee_id began_at state state_at",
    ),
    Place(
        "catchups", Kind.MEETING, N_("Catch-ups"), (), STAYS, "id mentorship_id began_at uid sequence", IN_MENTORSHIP
    ),
    Place(
        "pauses",
        Kind.MEETING,
        N_("Wishes to be asked again later"),
        PERSON,
        GOES,
        "mentorship_id person_id until",
        IN_MENTORSHIP,
    ),
    Place(
        "mutes",
        Kind.MEETING,
        N_("Offers that bring no emails"),
        PERSON,
        GOES,
        "mentorship_id person_id since",
        IN_MENTORSHIP,
    ),
    Place(
        "links",
        Kind.ACCESS,
        N_("Personal links"),
        PERSON,
        STAYS,
        "id person_id purpose catchup_id path secret_hash made_at expires_at opened_at revoked_at",
        secret="secret_hash",  # noqa: S106 the name of a column
        blanked={"secret_hash": "person_id"},
    ),
    Place(
        "accounts", Kind.PERSON, N_("Account that runs the scheme"), PERSON, STAYS, "id person_id role made_at ended_at"
    ),
    Place(
        "audit_people",
        Kind.WATCH,
        N_("Entries of the audit log about this person"),
        PERSON,
        STAYS,
        "person_id entry_id",
    ),
    Place(
        "visits",
        Kind.ACCESS,
        N_("Browsers that are signed in"),
        PERSON,
        GOES,
        "id person_id token_hash browser system began_at seen_at expires_at",
        secret="token_hash",  # noqa: S106 the name of a column
    ),
    Place(
        "visit_links",
        Kind.ACCESS,
        N_("Which links these browsers opened"),
        (),
        GOES,
        "visit_id link_id opened_at",
        ("visit_id", "visits"),
    ),
    Place(
        "passkeys",
        Kind.ACCESS,
        N_("Passkeys"),
        PERSON,
        GOES,
        "id person_id credential_id public_key sign_count name rp_id for_admin added_at used_at",
        secret="credential_id public_key",  # noqa: S106 the names of columns
    ),
    Place("erasure_requests", Kind.WATCH, N_("The wish to be erased"), PERSON, GOES, "person_id made_at due_at"),
    Place(
        "offers",
        Kind.MEETING,
        N_("Offers made and received"),
        ("author_id", "recipient_id"),
        STAYS,
        "id catchup_id author_id recipient_id supersedes_id note by_video by_phone phone_fallback caller minutes state "
        "revision moves_id made_at expires_at decided_at",
        ("catchup_id", "catchups"),
        blanked={"note": "author_id"},
    ),
    Place(
        "offer_times", Kind.MEETING, N_("Times in these offers"), (), STAYS, "offer_id start", ("offer_id", "offers")
    ),
    Place(
        "choices",
        Kind.CHOICES,
        N_("Choices, as the ledger holds them"),
        PERSON,
        STAYS,
        "id format subject_kind subject_id person_id kind start medium wording_hash language channel link_id at "
        "previous_hash hash",
    ),
    Place(
        "choice_words",
        Kind.CHOICES,
        N_("Words written with these choices"),
        (),
        GOES,
        "choice_id words",
        ("choice_id", "choices"),
    ),
    Place(
        "bookings",
        Kind.MEETING,
        N_("Catch-ups that were agreed"),
        (),
        STAYS,
        "id catchup_id offer_id start minutes medium phone_fallback state made_at extra_minutes more_time_asked_by",
        ("catchup_id", "catchups"),
    ),
    Place(
        "delays",
        Kind.MEETING,
        N_("Notes about coming late"),
        PERSON,
        GOES,
        "booking_id person_id minutes at",
        IN_BOOKING,
    ),
    Place(
        "reports",
        Kind.MEETING,
        N_("Reports on how it went"),
        PERSON,
        STAYS,
        "booking_id person_id outcome at",
        IN_BOOKING,
    ),
    Place("sessions", Kind.CALLS, N_("Calls that took place"), (), STAYS, "id booking_id opened_at", IN_BOOKING),
    Place(
        "attendances",
        Kind.CALLS,
        N_("Times in calls, and how good the connection was"),
        PERSON,
        STAYS,
        "id session_id person_id uid joined_at seen_at left_at why connected_seconds bytes_in "
        "bytes_out round_trip jitter loss",
        ("session_id", "sessions"),
    ),
    Place(
        "outbox",
        Kind.EMAILS,
        N_("Emails, sent or waiting"),
        ("recipient_id",),
        GOES,
        "id recipient_id event kind catchup_id booking_id mentorship_id import_id address path invitation made_at "
        "due_at attempts sent_at failed_at dropped_at last_error",
    ),
    # What the two have written together cannot be told apart: it goes for both.
    Place(
        "contents",
        Kind.MEETING,
        N_("Notes of catch-ups"),
        (),
        GOES,
        "catchup_id version notes notes_version",
        IN_CATCHUP,
        secret="notes",  # noqa: S106 the name of a column
    ),
    Place(
        "content_items",
        Kind.MEETING,
        N_("Topics, actions and links of catch-ups"),
        (),
        GOES,
        "id catchup_id key kind number author_id version sealed",
        IN_CATCHUP,
        secret="sealed",  # noqa: S106 the name of a column
    ),
    Place(
        "content_writers",
        Kind.MEETING,
        N_("From how many pages these were written"),
        (),
        GOES,
        "catchup_id writer sequence",
        IN_CATCHUP,
    ),
    Place(
        "content_files",
        Kind.MEETING,
        N_("Files of catch-ups"),
        (),
        GOES,
        "id catchup_id key size sealed",
        IN_CATCHUP,
        secret="sealed",  # noqa: S106 the name of a column
    ),
    Place(
        "agreed_records",
        Kind.MEETING,
        N_("Records of what you two agreed, for your emails"),
        (),
        GOES,
        "booking_id person_id wished_at made_at sealed",
        IN_BOOKING,
        secret="sealed",  # noqa: S106 the name of a column
    ),
    Place(
        "reflections",
        Kind.MEETING,
        N_("What you wrote for yourself alone"),
        PERSON,
        GOES,
        "catchup_id person_id sealed at",
        IN_CATCHUP,
        secret="sealed",  # noqa: S106 the name of a column
    ),
    Place("weekly_hours", Kind.MEETING, N_("Hours of the week"), PERSON, GOES, "id person_id weekday begins ends"),
    Place("day_hours", Kind.MEETING, N_("Hours on single days"), PERSON, GOES, "id person_id day begins ends"),
    Place(
        "busy_feeds",
        Kind.MEETING,
        N_("Address of another calendar"),
        PERSON,
        GOES,
        "person_id url etag due_at tried_at read_at failures last_error skipped",
    ),
    Place("busy_times", Kind.MEETING, N_("Busy times in another calendar"), PERSON, GOES, "id person_id begins ends"),
)

NOBODYS = (
    NobodysTable(
        "audit_entries", "what was done, by an account's number", "id at account_id act subject_kind subject_id reason"
    ),
    NobodysTable("imports", "how many were added at once, by an account's number", "id at account_id people pairs"),
    NobodysTable("wordings", "our own words, the same for all", "hash language text"),
    NobodysTable("ledger_head", "one number and one hash", "id entries hash"),
    NobodysTable(
        "ledger_check",
        "how far the ledger was checked, and what was found",
        "id began_at entry_id reached held whole_at fault fault_entry_id fault_entries fault_at",
    ),
    NobodysTable("used_challenges", "hashes of random numbers, gone within minutes", "hash at"),
    NobodysTable("mail_outages", "what the mail server said of the sender", "id reason refused since next_try_at"),
    NobodysTable("set_aside", "faults of ours, by number", "id work item number reason times first_at last_at"),
    NobodysTable("rate_limits", "hashes and numbers, gone within a day", "key tokens at"),
    NobodysTable("backup_reports", "when backups were made and tried", "work at finding file made_at reason"),
    NobodysTable("media_checks", "checks of the server", "id origin at"),
    NobodysTable(
        "media_check_paths", "the server's own addresses", "check_id number protocol ip port sent received milliseconds"
    ),
)

BY_TABLE: Mapping[str, Place] = {place.table: place for place in PLACES}
