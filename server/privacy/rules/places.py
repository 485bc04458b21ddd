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
    SCHEMES = (N_("Schemes"), N_("So that somebody is found who suits you, and your place in a scheme is kept."))
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
IN_CATCHUP, IN_MEMBERSHIP = ("catchup_id", "catchups"), ("membership_id", "memberships")

# What the row of a person holds that erasing empties.
OWN_WORDS = (
    "name email email_key phone zone language needs zone_known discreet preferred_name language_known external_id"
)

# What somebody said when they signed up for a scheme.
SIGN_UP_WORDS = "brings seeks languages by_video by_phone zone needs department other_department wishes"

PLACES = (
    Place(
        "people",
        Kind.PERSON,
        N_("Name, contact data and preferences"),
        ("id", "merged_into"),
        STAYS,
        f"id {OWN_WORDS} added_at erased_at cleared_at opened_at to_compare merged_into settles_at",
        secret="email_key",  # noqa: S106 the name of a column
        blanked=dict.fromkeys(OWN_WORDS.split(), "id"),
    ),
    Place("name_keys", Kind.PERSON, N_("Name, as it is searched for"), PERSON, GOES, "person_id place key"),
    Place(
        "double_keys",
        Kind.PERSON,
        N_("Name, address and number, as they are compared with those of others"),
        PERSON,
        GOES,
        "person_id kind key",
    ),
    Place(
        "doubles",
        Kind.PERSON,
        N_("Who may be the same person"),
        ("first_id", "second_id"),
        GOES,
        "id first_id second_id dismissed_at",
    ),
    Place(
        "mentorships",
        Kind.PERSON,
        N_("Mentorships"),
        ("mentor_id", "mentee_id"),
        STAYS,
        "id mentor_id mentee_id began_at state state_at quiet_since rests_by nudge_at review_at external_id",
    ),
    Place(
        "former_external_ids",
        Kind.PERSON,
        N_("Ids that these mentorships had before two became one"),
        (),
        STAYS,
        "external_id mentorship_id",
        IN_MENTORSHIP,
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
        "shared_times",
        Kind.MEETING,
        N_("How many of your free times somebody sees"),
        PERSON,
        GOES,
        "mentorship_id person_id share",
        IN_MENTORSHIP,
    ),
    # It is of both: without one of them it offers nothing.
    Place(
        "routines",
        Kind.MEETING,
        N_("Routines"),
        (),
        GOES,
        "id mentorship_id set_by link_id wording_hash set_at revision every first minute zone medium minutes "
        "mentor_paused_until mentee_paused_until handled_until due_at",
        IN_MENTORSHIP,
    ),
    # When the clock looks at it shows that one of the two has just said something.
    Place(
        "courses",
        Kind.MEETING,
        N_("How far the planned catch-ups are"),
        (),
        GOES,
        "mentorship_id state counted_from over_at look_at",
        IN_MENTORSHIP,
        secret="look_at",  # noqa: S106 the name of a column
    ),
    # What somebody wishes stands on their own page alone: not in what those who run the scheme export.
    Place(
        "course_parts",
        Kind.MEETING,
        N_("How long you would like to work together, and what becomes of what you shared"),
        PERSON,
        GOES,
        "mentorship_id person_id catchups every wish erases chosen_at",
        IN_MENTORSHIP,
        secret="wish",  # noqa: S106 the name of a column
    ),
    # It is of both. What both would like to change is shown to them alone, not in what those who run the scheme export.
    Place(
        "reviews",
        Kind.MEETING,
        N_("What both of you would like to change"),
        (),
        GOES,
        "mentorship_id until shared",
        IN_MENTORSHIP,
        secret="shared",  # noqa: S106 the name of a column
    ),
    # Each has a row while a round is open, whether they answered or not; it goes for both, as a round needs both. What
    # somebody answers stands on their own page alone: not in what those who run the scheme export.
    Place(
        "review_answers",
        Kind.MEETING,
        N_("Whether things still fit, while you are asked"),
        (),
        GOES,
        "mentorship_id person_id medium hour length needs not_now",
        IN_MENTORSHIP,
        secret="medium hour length needs not_now",  # noqa: S106 the names of columns
    ),
    # As with notes, what one writes is also about the other: it goes for both.
    Place(
        "farewells",
        Kind.MEETING,
        N_("Words that you leave for a keepsake"),
        (),
        GOES,
        "mentorship_id person_id sealed",
        IN_MENTORSHIP,
        secret="sealed",  # noqa: S106 the name of a column
    ),
    Place("dismissed_guides", Kind.PERSON, N_("Hints that you put away"), PERSON, GOES, "person_id guide"),
    # Who the other of the two is, and whether anybody was asked, is told to none of them.
    Place(
        "introductions",
        Kind.MEETING,
        N_("Introductions"),
        ("mentor_id", "mentee_id", "third_id"),
        STAYS,
        "id mentorship_id mentor_id mentee_id third_id added key state made_at ask_at due_at",
        secret="mentorship_id mentee_id third_id added key ask_at",  # noqa: S106 the names of columns
    ),
    # What is written is about both of the two: it goes for all.
    Place(
        "introduction_words",
        Kind.MEETING,
        N_("What was written for these introductions"),
        (),
        GOES,
        "introduction_id sealed",
        ("introduction_id", "introductions"),
        secret="sealed",  # noqa: S106 the name of a column
    ),
    # Whether somebody refused stands on their own page alone: not in what those who run the scheme export.
    Place(
        "introduction_answers",
        Kind.MEETING,
        N_("Introductions that ask you"),
        PERSON,
        GOES,
        "introduction_id person_id refused",
        secret="refused",  # noqa: S106 the name of a column
    ),
    # The guest's name and address are theirs, not the person's who named them: they go a week after the catch-up, and a
    # day after the seat has ended when one of the two was erased.
    Place(
        "guest_seats",
        Kind.MEETING,
        N_("Third people invited to a catch-up"),
        ("asked_by", "third_id"),
        STAYS,
        "id catchup_id asked_by name email language role state key made_at state_at let_in waits put_off told_start "
        "attendance came_at introduction_id third_id",
        IN_CATCHUP,
        secret="name email key language let_in waits put_off attendance",  # noqa: S106 the names of columns
    ),
    Place("breaks", Kind.MEETING, N_("Breaks"), PERSON, GOES, "id person_id first last"),
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
        "scheme_coordinators",
        Kind.PERSON,
        N_("Schemes that this person coordinates"),
        (),
        GOES,
        "scheme_id account_id",
        ("account_id", "accounts"),
    ),
    Place(
        "memberships",
        Kind.SCHEMES,
        N_("Schemes in which this person takes part"),
        PERSON,
        STAYS,
        f"id scheme_id person_id role state state_at since {SIGN_UP_WORDS} capacity",
        blanked=dict.fromkeys(SIGN_UP_WORDS.split(), "person_id"),
    ),
    Place(
        "membership_topics",
        Kind.SCHEMES,
        N_("Topics that this person brings to a scheme, or seeks in it"),
        (),
        GOES,
        "membership_id topic_id use",
        IN_MEMBERSHIP,
    ),
    Place(
        "membership_hours",
        Kind.SCHEMES,
        N_("Hours of the week for a scheme"),
        (),
        GOES,
        "id membership_id weekday begins ends",
        IN_MEMBERSHIP,
    ),
    Place(
        "membership_exclusions",
        Kind.SCHEMES,
        N_("With whom this person does not want to be matched"),
        (),
        GOES,
        "membership_id place who",
        IN_MEMBERSHIP,
    ),
    # Whom a run puts with whom, and who said no, is told to none of them.
    Place(
        "match_suggestions",
        Kind.SCHEMES,
        N_("Suggestions of a match"),
        (),
        GOES,
        "id run_id mentor_membership_id mentee_membership_id score pinned first_choice reasons details",
        ("mentee_membership_id", "memberships"),
        secret="mentor_membership_id pinned reasons details",  # noqa: S106 the names of columns
    ),
    Place(
        "match_left_out",
        Kind.SCHEMES,
        N_("Runs of the matching that found nobody"),
        (),
        GOES,
        "run_id membership_id role reason",
        IN_MEMBERSHIP,
    ),
    Place(
        "match_rules",
        Kind.SCHEMES,
        N_("Matches that those who run a scheme decided about"),
        (),
        GOES,
        "id scheme_id mentor_membership_id mentee_membership_id kind account_id made_at",
        ("mentee_membership_id", "memberships"),
        secret="mentor_membership_id kind account_id",  # noqa: S106 the names of columns
    ),
    Place(
        "match_proposals",
        Kind.SCHEMES,
        N_("Matches that this person was asked about as a mentee"),
        (),
        STAYS,
        "id scheme_id mentor_membership_id mentee_membership_id state reasons made_at due_at declined_by link_id "
        "wording_hash mentorship_id booking_id",
        ("mentee_membership_id", "memberships"),
        secret="mentor_membership_id state reasons due_at declined_by",  # noqa: S106 the names of columns
    ),
    Place(
        "match_proposal_times",
        Kind.SCHEMES,
        N_("Times that this person chose for a first call"),
        (),
        STAYS,
        "proposal_id start",
        ("proposal_id", "match_proposals"),
    ),
    Place(
        "match_words",
        Kind.SCHEMES,
        N_("What this person said would change a no to a match"),
        (),
        GOES,
        "proposal_id membership_id words",
        IN_MEMBERSHIP,
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
        "id catchup_id author_id recipient_id supersedes_id note by_video by_phone phone_fallback caller by_routine "
        "minutes state revision moves_id made_at expires_at decided_at",
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
    Place(
        "sessions",
        Kind.CALLS,
        N_("Calls that took place"),
        (),
        STAYS,
        "id booking_id opened_at poor ended_at empty_since",
        IN_BOOKING,
    ),
    Place(
        "attendances",
        Kind.CALLS,
        N_("Times in calls, and how good the connection was"),
        PERSON,
        STAYS,
        "id session_id person_id uid joined_at seen_at left_at why connected_seconds bytes_in "
        "bytes_out round_trip jitter loss machine",
        ("session_id", "sessions"),
    ),
    Place(
        "connection_samples",
        Kind.CALLS,
        N_("How good the connection was over each call"),
        (),
        GOES,
        "attendance_id part samples",
        ("attendance_id", "attendances"),
    ),
    Place(
        "outbox",
        Kind.EMAILS,
        N_("Emails, sent or waiting"),
        ("recipient_id",),
        GOES,
        "id recipient_id event kind catchup_id booking_id mentorship_id import_id membership_id address path "
        "invitation made_at due_at attempts sent_at failed_at dropped_at last_error",
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
    # As with notes, what one writes is also about the other: it goes for both.
    Place(
        "messages",
        Kind.MEETING,
        N_("Messages in your mentorships"),
        (),
        GOES,
        "id mentorship_id author_id key at sealed",
        IN_MENTORSHIP,
        secret="sealed",  # noqa: S106 the name of a column
    ),
    Place(
        "message_files",
        Kind.MEETING,
        N_("Files in these messages"),
        (),
        GOES,
        "message_id mentorship_id size sealed",
        IN_MENTORSHIP,
        secret="sealed",  # noqa: S106 the name of a column
    ),
    Place(
        "message_readers",
        Kind.MEETING,
        N_("Which messages you have read, and how you hear of new ones"),
        PERSON,
        GOES,
        "mentorship_id person_id read_id notice notice_at",
        IN_MENTORSHIP,
    ),
    Place(
        "situations",
        Kind.MEETING,
        N_("How things are with you"),
        PERSON,
        GOES,
        "mentorship_id person_id until sealed",
        IN_MENTORSHIP,
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
        "match_runs",
        "how runs of the matching came out, in figures and by numbers of memberships",
        "id scheme_id account_id state seed digest progress made_at lease_until ended_at report",
    ),
    NobodysTable(
        "audit_entries", "what was done, by an account's number", "id at account_id act subject_kind subject_id reason"
    ),
    NobodysTable("imports", "how many were added at once, by an account's number", "id at account_id people pairs"),
    NobodysTable(
        "schemes",
        "what a scheme says of itself",
        "id slug name language zone summary audience length welcome colour opens_on closes_on mentor_places "
        "mentee_places public made_at",
    ),
    NobodysTable("scheme_logos", "pictures of schemes", "scheme_id media_type hash content"),
    NobodysTable("library_entries", "questions and resources for agendas", "id scheme_id url"),
    NobodysTable("library_texts", "what these say", "entry_id language text"),
    NobodysTable("hidden_cards", "which of our own questions are not shown", "card"),
    NobodysTable("scheme_topics", "what schemes are about", "id scheme_id place"),
    NobodysTable("scheme_topic_names", "what these topics are called", "topic_id language name"),
    NobodysTable("wordings", "our own words, the same for all", "hash language text"),
    NobodysTable("ledger_head", "one number and one hash", "id entries hash"),
    NobodysTable(
        "ledger_check",
        "how far the ledger was checked, and what was found",
        "id began_at entry_id reached held whole_at fault fault_entry_id fault_entries fault_at",
    ),
    NobodysTable(
        "machines", "the machines that serve the database", "name address certificate secret_hash since lease_end"
    ),
    NobodysTable(
        "relay_processes",
        "what forwards media",
        "name machine number protocol region draining people lease_end",
    ),
    NobodysTable("call_placements", "where a call is served while somebody is in it", "call relay placed_at used_at"),
    NobodysTable(
        "machine_events",
        "numbers of calls, visits and people that have changed, gone within minutes",
        "id machine content made_at",
    ),
    NobodysTable("used_challenges", "hashes of random numbers, gone within minutes", "hash at"),
    NobodysTable("mail_outages", "what the mail server said of the sender", "id reason refused since next_try_at"),
    NobodysTable("set_aside", "faults of ours, by number", "id work item number reason times first_at last_at"),
    NobodysTable("rate_limits", "hashes and numbers, gone within a day", "key tokens at"),
    NobodysTable(
        "api_tokens",
        "how the scheme's own systems get in",
        "id name secret_hash scopes made_at expires_at used_at revoked_at",
    ),
    NobodysTable(
        "webhooks",
        "where the scheme's own systems are told",
        "id url salt made_at delivered_at failing_since stopped_at stopped_by",
    ),
    NobodysTable(
        "webhook_deliveries",
        "what happened, by a booking's number, gone within 30 days",
        "id webhook_id event_id event booking_id at called_at due_at replay_at attempts delivered_at",
    ),
    NobodysTable(
        "webhook_calls",
        "what the scheme's own systems answered, gone within 30 days",
        "id delivery_id at milliseconds status answer is_replay",
    ),
    NobodysTable(
        "introduction_blocks", "hashes of addresses that are not to be asked, by a key kept elsewhere", "hash at"
    ),
    NobodysTable("backup_reports", "when backups were made and tried", "work at finding file made_at reason"),
    NobodysTable("media_checks", "checks of the server", "id origin at"),
    NobodysTable(
        "media_check_paths", "the server's own addresses", "check_id number protocol ip port sent received milliseconds"
    ),
)

BY_TABLE: Mapping[str, Place] = {place.table: place for place in PLACES}
