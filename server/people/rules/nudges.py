"""A reminder to a mentor, asked for by those who run the scheme: at most one a week for each mentorship."""

from datetime import datetime

from server.errors import DomainError
from server.i18n.texts import N_

NUDGE = "nudge"


class AlreadyNudged(DomainError):
    sentence = N_("This mentor was reminded this week already. Nothing was sent.")


def nudge_event(mentorship: int | str, now: datetime) -> str:
    """The outbox's event of the reminder: no second email of the week has it."""
    year, week, _ = now.isocalendar()
    return f"nudge:{mentorship}:{year}-{week:02}"
