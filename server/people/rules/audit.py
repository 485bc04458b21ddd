"""The audit log: what those who run the scheme did, and at whose data they looked. Appended, never changed."""

from dataclasses import dataclass
from enum import StrEnum

from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.rules.accounts import Account

REASON_LIMIT = 300
# The kind of subject that a token of the API is. Of what it did itself, nobody's account is the actor.
TOKEN = "token"  # noqa: S105 the name of a kind


class Act(StrEnum):
    """What was done. An act of which one person sees nothing under 'Your data' names nobody as `people`."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT_OTHERS = "signed_out_others"
    ADDED_PASSKEY = "added_passkey"
    REMOVED_PASSKEY = "removed_passkey"
    MADE_LINK = "made_link"
    REVOKED_LINKS = "revoked_links"
    MADE_ACCOUNT = "made_account"
    CHANGED_ROLE = "changed_role"
    REMOVED_ACCOUNT = "removed_account"
    ADDED_PERSON = "added_person"
    IMPORTED_PEOPLE = "imported_people"
    CHANGED_PERSON = "changed_person"
    MERGED_PEOPLE = "merged_people"
    SENT_LINK = "sent_link"
    PAUSED_MENTORSHIP = "paused_mentorship"
    ENDED_MENTORSHIP = "ended_mentorship"
    RESUMED_MENTORSHIP = "resumed_mentorship"
    MADE_SCHEME = "made_scheme"
    CHANGED_SCHEME = "changed_scheme"
    CHANGED_LIBRARY = "changed_library"
    ACCEPTED_MEMBER = "accepted_member"
    LISTED_MEMBER = "listed_member"
    DECLINED_MEMBER = "declined_member"
    ENDED_MEMBERSHIP = "ended_membership"
    LOOKED_AT_MEMBER = "looked_at_member"
    STARTED_MATCHING = "started_matching"
    CANCELLED_MATCHING = "cancelled_matching"
    LOOKED_AT_MATCHES = "looked_at_matches"
    PINNED_PAIR = "pinned_pair"
    BANNED_PAIR = "banned_pair"
    FREED_PAIR = "freed_pair"
    PROPOSED_MATCH = "proposed_match"
    WITHDREW_MATCH = "withdrew_match"
    REMINDED_MENTOR = "reminded_mentor"
    ENDED_CALL = "ended_call"
    DRAINED_RELAY = "drained_relay"
    ERASED_PERSON = "erased_person"
    LOOKED_AT_PERSON = "looked_at_person"
    LOOKED_AT_SESSION = "looked_at_session"
    LOOKED_AT_HISTORY = "looked_at_history"
    SENT_EMAIL_AGAIN = "sent_email_again"
    STOPPED_EMAIL = "stopped_email"
    SENT_TEST_EMAIL = "sent_test_email"
    TRIED_MAIL_SERVER = "tried_mail_server"
    CLEARED_SET_ASIDE = "cleared_set_aside"
    CHECKED_MEDIA = "checked_media"
    EXPORTED = "exported"
    EXPORTED_HISTORY = "exported_history"
    MADE_TOKEN = "made_token"  # noqa: S105 the name of an act
    REVOKED_TOKEN = "revoked_token"  # noqa: S105 the name of an act
    READ_BY_API = "read_by_api"
    ADDED_BY_API = "added_by_api"
    ADDED_HOOK = "added_hook"
    REMOVED_HOOK = "removed_hook"
    STARTED_HOOK = "started_hook"
    STOPPED_HOOK = "stopped_hook"
    TESTED_HOOK = "tested_hook"
    REPLAYED_CALL = "replayed_call"


# Of these an entry says why.
WITH_REASON = frozenset({Act.EXPORTED, Act.EXPORTED_HISTORY, Act.ENDED_CALL, Act.MERGED_PEOPLE})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: the account with this id; None is the command line, the server itself, or a token of the API."""

    account_id: int | None


COMMAND_LINE = Actor(None)
# The entry's subject says which token it was.
BY_TOKEN = Actor(None)


@dataclass(frozen=True, slots=True)
class AuditSubject:
    """What an act was about: the kind of thing and its id."""

    kind: str
    id: int


def actor_of(account: Account) -> Actor:
    return Actor(account.id)


def check_reason(act: Act, reason: str) -> str:
    """The reason on one line. Raises InvalidInput when there is none and the act needs one, or when it is too long."""
    reason = " ".join(reason.split())
    if act in WITH_REASON and not any(character.isalnum() for character in reason):
        raise InvalidInput("reason", N_("Please say why. The people whose data it is can read it."))
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("reason", N_("Please shorten this to %(most)s characters."), most=REASON_LIMIT)
    return reason
