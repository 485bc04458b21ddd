"""What the API says and takes, as JSON. The OpenAPI document is made from these types: their docstrings stand in it."""

from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from server.people.rules.people import NAME_LIMIT

LARGEST_ID = 999_999_999
EXTERNAL_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
MOST = 200
# Of earlier and later times the database's own types are not sure.
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

Id = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
ExternalId = Annotated[
    str, Meta(pattern=f"^{EXTERNAL_ID}$", description="The id in a system of your own: letters, digits, . _ and -.")
]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339, with a zone.")]
Name = Annotated[str, Meta(min_length=1, max_length=NAME_LIMIT)]
Limit = Annotated[int, Meta(ge=1, le=MOST, description="At most so many items on one page.")]
After = Annotated[int, Meta(ge=0, le=LARGEST_ID, description="Begins after the item with this id: `next` of a page.")]

MentorshipStateName = Literal["active", "paused", "ended"]
SessionState = Literal["confirmed", "cancelled", "rescheduled", "held", "missed"]

T = TypeVar("T")


class Problem(Struct):
    """Why it was refused (RFC 9457)."""

    title: str
    status: int
    detail: str


class ListedPerson(Struct):
    """A person by numbers alone. Their name and address are in the answer about this one person, which is logged."""

    id: Id
    external_id: str | None
    added_at: Moment
    erased_at: Annotated[Moment | None, Meta(description="When they were erased: erase them in your systems, too.")]


class PersonResource(Struct):
    """A person. Each read is in the audit log, where the person sees it."""

    id: Id
    external_id: str | None
    name: str
    email: str
    zone: Annotated[str, Meta(description="IANA time zone.")]
    language: Annotated[str, Meta(description="BCP 47 language tag.")]
    added_at: Moment


class MentorshipResource(Struct):
    """A mentor and a mentee who work together."""

    id: Id
    external_id: str | None
    mentor_id: Id
    mentee_id: Id
    state: MentorshipStateName
    began_at: Moment


class CallTimes(Struct):
    """When the first one came into the call, and since when nobody is in it; None while somebody is."""

    opened_at: Moment
    ended_at: Moment | None


class SessionResource(Struct):
    """An agreed catch-up and its call. Never what was said or written."""

    id: Id
    mentorship_id: Id
    start: Moment
    minutes: int
    medium: Literal["video", "phone"]
    state: SessionState
    replaces_id: Annotated[Id | None, Meta(description="The session that was moved to this one.")]
    call: CallTimes | None


class ResourceList(Struct, Generic[T]):
    """`next` is the `after` of the next page, None on the last one."""

    items: list[T]
    next: int | None


class PeopleList(ResourceList[ListedPerson]):
    """People in the order in which they were added."""


class MentorshipsList(ResourceList[MentorshipResource]):
    """Mentorships in the order in which they began."""


class SessionsList(ResourceList[SessionResource]):
    """Sessions, the earliest start first."""


class MentorshipCounts(Struct):
    """How many mentorships there are in each state."""

    active: int = 0
    paused: int = 0
    ended: int = 0


class SessionCounts(Struct):
    """How many sessions that start in the period are in each state."""

    confirmed: int = 0
    cancelled: int = 0
    rescheduled: int = 0
    held: int = 0
    missed: int = 0


class Counts(Struct):
    """Numbers of the scheme; those of sessions are of the period."""

    people: int
    mentorships: MentorshipCounts
    sessions: SessionCounts


class Nothing(Struct, forbid_unknown_fields=True):
    """Takes nothing."""


class PeopleFilter(Struct, forbid_unknown_fields=True):
    """Which people."""

    limit: Limit = 50
    after: After = 0
    external_id: ExternalId | None = None


class MentorshipsFilter(Struct, forbid_unknown_fields=True):
    """Which mentorships."""

    limit: Limit = 50
    after: After = 0
    external_id: ExternalId | None = None


class SessionsFilter(Struct, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):
    """Which sessions: of those that start in a period, of one mentorship, in one state."""

    limit: Limit = 50
    after: After = 0
    since: Annotated[Moment | None, Meta(description="The start is not before it.")] = None
    until: Annotated[Moment | None, Meta(description="The start is before it.")] = None
    mentorship_id: Id | None = None
    state: SessionState | None = None


class CountsFilter(Struct, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):
    """The period that is counted: the last 30 days unless given, 366 days at most."""

    since: Annotated[Moment | None, Meta(description="The start is not before it.")] = None
    until: Annotated[Moment | None, Meta(description="The start is before it.")] = None


class PersonToAdd(Struct, forbid_unknown_fields=True):
    """Somebody to add. Zone and language are what they begin with: people change them themselves."""

    name: Name
    email: Annotated[str, Meta(min_length=3, max_length=254, extra_json_schema={"format": "email"})]
    zone: Annotated[str | None, Meta(description="IANA time zone; the scheme's own unless given.")] = None
    language: Literal["en", "de", "ar"] | None = None


class PairToAdd(Struct, forbid_unknown_fields=True):
    """A mentor and a mentee, by their external ids."""

    mentor: ExternalId
    mentee: ExternalId


def clamped(moment: datetime) -> datetime:
    """The moment, or the nearest one that databases know. In a filter, nothing is beyond them."""
    return min(max(moment, FIRST), LAST)
