"""Emails about a mentorship that one of its two people brings about; and when one says that there are new messages.

It never says what they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from server.i18n.local_time import next_clock
from server.people.rules.mentorships import MentorshipState

# Who has the page open reads the message before the email is sent, which is dropped then.
READING = timedelta(minutes=2)
# While messages stay unread, the next email comes not sooner.
AGAIN = timedelta(hours=1)
DAILY_AT = time(8)

NEW_MESSAGES = "new_messages"
# The other has said how long they would like to work together: one is asked too, or both have said it.
LENGTH_ASKED = "length_asked"
LENGTH_AGREED = "length_agreed"
ABOUT_LENGTH = frozenset({LENGTH_ASKED, LENGTH_AGREED})
# What the other is told of a change of the mentorship's state.
CHANGED: Mapping[MentorshipState, str] = {
    MentorshipState.PAUSED: "other_paused",
    MentorshipState.ENDED: "other_ended",
    MentorshipState.ACTIVE: "other_resumed",
}


class MessageNotice(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reader:
    """How far a person has read, by the id of the newest message that they saw, and how they hear of new ones.

    `notice_at` is when the newest email about messages that they have not read was due, None while there was none.
    """

    read_id: int = 0
    notice: MessageNotice = MessageNotice.AT_ONCE
    notice_at: datetime | None = None


def next_notice(reader: Reader, zone: str, now: datetime) -> datetime | None:
    """When an email is to tell the reader of a message that came now; None when none is to, or one is on its way."""
    if reader.notice is MessageNotice.NONE:
        return None
    if reader.notice is MessageNotice.AT_ONCE:
        told = reader.notice_at is not None and now < reader.notice_at + AGAIN
        return None if told else now + READING
    waits = reader.notice_at is not None and now < reader.notice_at
    return None if waits else next_clock(DAILY_AT, zone, now)
