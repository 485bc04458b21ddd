"""Every place in the database where a person's data rests. Export and erasure both walk this one list.

Each table has one entry, which names all of its columns: a test holds the list against the schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from server.i18n.texts import N_


class Fate(Enum):
    """What erasing a person does with the rows that are about them."""

    GOES = "the rows are deleted"
    STAYS = "the rows stay as numbers and times, without names and words, so that counts and the ledger still hold"


@dataclass(frozen=True, slots=True)
class Place:
    """A table that holds data about people.

    `whose` are the columns that name the person, either of which is enough; with `within` it is one column that names
    the row of another place which the rows belong to. `columns` are all columns, separated by spaces; the `secret` ones
    are not exported. `blanked` are the columns that erasing empties although the rows stay, each with the column that
    says who wrote it.
    """

    table: str
    title: str
    whose: tuple[str, ...]
    fate: Fate
    columns: str
    within: str = ""
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


GOES, STAYS = Fate.GOES, Fate.STAYS
PERSON = ("person_id",)

# What the row of a person holds that erasing empties.
OWN_WORDS = "name email email_key phone zone language needs zone_known discreet preferred_name language_known"

PLACES = (
    Place(
        "people",
        N_("What you told us about yourself"),
        ("id",),
        STAYS,
        f"id {OWN_WORDS} added_at erased_at",
        secret="email_key",  # noqa: S106 the name of a column
        blanked=dict.fromkeys(OWN_WORDS.split(), "id"),
    ),
    Place("mentorships", N_("Your mentorships"), ("mentor_id", "mentee_id"), STAYS, "id mentor_id mentee_id began_at"),
    Place(
        "catchups",
        N_("Your catch-ups"),
        ("mentorship_id",),
        STAYS,
        "id mentorship_id began_at uid sequence",
        "mentorships",
    ),
    Place("pauses", N_("From when you would like to be asked again"), PERSON, GOES, "mentorship_id person_id until"),
    Place("mutes", N_("Whose offers bring you no emails"), PERSON, GOES, "mentorship_id person_id since"),
    Place(
        "links",
        N_("Your personal links"),
        PERSON,
        STAYS,
        "id person_id purpose catchup_id path secret_hash made_at expires_at opened_at revoked_at",
        secret="secret_hash",  # noqa: S106 the name of a column
        blanked={"secret_hash": "person_id"},
    ),
    Place(
        "accounts", N_("Your account as one who runs the scheme"), PERSON, STAYS, "id person_id role made_at ended_at"
    ),
    Place("audit_people", N_("Who looked at your data"), PERSON, STAYS, "person_id entry_id"),
    Place(
        "visits",
        N_("Browsers that are signed in"),
        PERSON,
        GOES,
        "id person_id token_hash browser system began_at seen_at expires_at",
        secret="token_hash",  # noqa: S106 the name of a column
    ),
    Place(
        "visit_links",
        N_("Which links these browsers opened"),
        ("visit_id",),
        GOES,
        "visit_id link_id opened_at",
        "visits",
    ),
    Place(
        "offers",
        N_("Offers that you made or got"),
        ("author_id", "recipient_id"),
        STAYS,
        "id catchup_id author_id recipient_id supersedes_id note by_video by_phone phone_fallback caller minutes state "
        "revision moves_id made_at expires_at decided_at",
        blanked={"note": "author_id"},
    ),
    Place("offer_times", N_("The times in these offers"), ("offer_id",), STAYS, "offer_id start", "offers"),
    Place(
        "choices",
        N_("Your choices"),
        PERSON,
        STAYS,
        "id format subject_kind subject_id person_id kind start medium wording_hash language channel link_id at "
        "previous_hash hash",
    ),
    Place("choice_words", N_("What you wrote with your choices"), ("choice_id",), GOES, "choice_id words", "choices"),
    Place(
        "bookings",
        N_("Catch-ups that were agreed"),
        ("offer_id",),
        STAYS,
        "id catchup_id offer_id start minutes medium phone_fallback state made_at",
        "offers",
    ),
    Place("delays", N_("That you come late"), PERSON, GOES, "booking_id person_id minutes at"),
    Place("reports", N_("How you said it was"), PERSON, STAYS, "booking_id person_id outcome at"),
    Place("sessions", N_("Calls that took place"), ("booking_id",), STAYS, "id booking_id opened_at", "bookings"),
    Place(
        "attendances",
        N_("When you were in a call, and how good the connection was"),
        PERSON,
        STAYS,
        "id session_id person_id uid joined_at seen_at left_at why speaking_seconds connected_seconds bytes_in "
        "bytes_out round_trip jitter loss",
    ),
    Place(
        "outbox",
        N_("Emails to you"),
        ("recipient_id",),
        GOES,
        "id recipient_id event kind catchup_id booking_id path invitation made_at due_at attempts sent_at failed_at "
        "dropped_at last_error",
    ),
    Place("weekly_hours", N_("Your hours of the week"), PERSON, GOES, "id person_id weekday begins ends"),
    Place("day_hours", N_("Your hours on single days"), PERSON, GOES, "id person_id day begins ends"),
    Place(
        "busy_feeds",
        N_("The address of your other calendar"),
        PERSON,
        GOES,
        "person_id url etag due_at tried_at read_at failures last_error skipped",
    ),
    Place(
        "busy_times", N_("When your other calendar says that you are busy"), PERSON, GOES, "id person_id begins ends"
    ),
)

NOBODYS = (
    NobodysTable(
        "audit_entries", "what was done, by an account's number", "id at account_id act subject_kind subject_id reason"
    ),
    NobodysTable("wordings", "our own words, the same for all", "hash language text"),
    NobodysTable("ledger_head", "one number and one hash", "id entries hash"),
    NobodysTable("mail_outages", "what the mail server said of the sender", "id reason refused since next_try_at"),
    NobodysTable("set_aside", "faults of ours, by number", "id work item number reason times first_at last_at"),
    NobodysTable("rate_limits", "hashes and numbers, gone within a day", "key tokens at"),
    NobodysTable("media_checks", "checks of the server", "id origin at"),
    NobodysTable(
        "media_check_paths", "the server's own addresses", "check_id number protocol ip port sent received milliseconds"
    ),
)

BY_TABLE: Mapping[str, Place] = {place.table: place for place in PLACES}
