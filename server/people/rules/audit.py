"""The audit log: what those who run the scheme did, and at whose data they looked. Appended, never changed."""

from dataclasses import dataclass
from enum import StrEnum

from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.rules.accounts import Account

REASON_LIMIT = 300


class Act(StrEnum):
    """What was done. An act of which one person sees nothing under 'my data' names nobody as `people`."""

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
    SENT_LINK = "sent_link"
    PAUSED_MENTORSHIP = "paused_mentorship"
    ENDED_MENTORSHIP = "ended_mentorship"
    RESUMED_MENTORSHIP = "resumed_mentorship"
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


# Of these an entry says why.
WITH_REASON = frozenset({Act.EXPORTED, Act.EXPORTED_HISTORY})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: the account with this id; None is the command line, or the server itself."""

    account_id: int | None


COMMAND_LINE = Actor(None)


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
