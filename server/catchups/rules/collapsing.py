"""Emails that have not left yet give way to what happened since: nobody gets one that is no longer true.

An answer and its undoing within minutes are one email or none. What is called off is always told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Another answer often follows soon on an undoing: that email waits a little, and gives way to it.
HOLD = timedelta(minutes=2)
HELD = frozenset({"answer_undone", "you_undid"})

# A new email, the email to the same person about the same catch-up that gives way to it, and the kind that is sent in
# place of both: None where the two are as if nothing had happened.
COLLAPSES: Mapping[str, Mapping[str, str | None]] = {
    "offer_reworded": {
        "offer_made": "offer_made",
        "move_asked": "move_asked",
        "other_suggested": "other_suggested",
        "offer_reworded": "offer_reworded",
    },
    "offer_withdrawn": {
        "offer_made": None,
        "move_asked": None,
        "offer_reworded": "offer_withdrawn",
        "you_undid": "offer_withdrawn",
    },
    "answer_undone": {
        "offer_accepted": None,
        "offers_accepted": None,
        "offer_declined": None,
        "offer_postponed": None,
        "move_declined": None,
        "other_suggested": None,
    },
    "you_undid": {"offer_accepted": None, "offers_accepted": None, "you_declined": None, "you_suggested": None},
    "offer_accepted": {"answer_undone": "offer_accepted", "you_undid": "offer_accepted"},
    "offers_accepted": {"answer_undone": "offers_accepted", "you_undid": "offers_accepted"},
    "booking_moved": {"answer_undone": "booking_moved", "you_undid": "booking_moved"},
    "offer_declined": {"answer_undone": "offer_declined"},
    "offer_postponed": {"answer_undone": "offer_postponed"},
    "move_declined": {"answer_undone": "move_declined"},
    "you_declined": {"you_undid": "you_declined"},
    "other_suggested": {"answer_undone": "other_suggested"},
    "you_suggested": {"you_undid": "you_suggested"},
    "running_late": {"running_late": "running_late"},
    "booking_cancelled": {
        "offer_accepted": "booking_cancelled",
        "offers_accepted": "booking_cancelled",
        "booking_moved": "booking_cancelled",
        "running_late": "booking_cancelled",
        "move_asked": "booking_cancelled",
    },
    "booking_called_off": {
        "offer_accepted": "booking_called_off",
        "offers_accepted": "booking_called_off",
        "booking_moved": "booking_called_off",
        "running_late": "booking_called_off",
        "move_asked": "booking_called_off",
    },
}

URGENT = frozenset({"booking_cancelled", "booking_called_off"})


@dataclass(frozen=True, slots=True)
class UnsentEmail:
    """An email that gives way. It was `held` if it was not due as soon as it was queued."""

    kind: str
    made_at: datetime
    due_at: datetime

    @property
    def held(self) -> bool:
        return self.due_at > self.made_at


@dataclass(frozen=True, slots=True)
class QueuedNotice:
    """The kind of email to send, and when."""

    kind: str
    due_at: datetime


def giving_way(kind: str) -> tuple[str, ...]:
    """The kinds of unsent emails that give way to this one."""
    return tuple(COLLAPSES.get(kind, ()))


def collapse(kind: str, unsent: Sequence[UnsentEmail], now: datetime) -> QueuedNotice | None:
    """What is sent in place of these (unsent ones, the newest first) and of a new one of this kind; None for nothing.

    What was held had itself taken the place of news that the recipient may have: then the new one must be told. It
    waits no longer than what it takes the place of.
    """
    if not unsent:
        return QueuedNotice(kind, now + HOLD if kind in HELD else now)
    newest = unsent[0]
    instead = COLLAPSES[kind][newest.kind]
    if instead is None:
        if not any(each.held for each in unsent):
            return None
        instead = kind
    urgent = instead in URGENT
    return QueuedNotice(instead, now if urgent else max(now, min(each.due_at for each in unsent)))
