"""How long kinds of data are kept, while the people whose they are are still here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.i18n.texts import N_

FOREVER = 0
LEAST_DAYS, MOST_DAYS = 30, 3650


class Kept(StrEnum):
    """A kind of data with a period of its own; the setting is FIRESIDE_KEEP_…_DAYS."""

    WORDS = "words"
    MESSAGES = "messages"
    QUALITY = "quality"
    EMAILS = "emails"


TITLES: Mapping[Kept, str] = {
    Kept.WORDS: N_("Notes and words written with offers and choices"),
    Kept.MESSAGES: N_("Messages between the two of a mentorship, with their files"),
    Kept.QUALITY: N_("How good the connection of a call was, and how long somebody spoke"),
    Kept.EMAILS: N_("Which emails were sent"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """How many days a kind is kept, FOREVER for no end."""

    kept: Kept
    days: int

    @property
    def title(self) -> str:
        return TITLES[self.kept]

    @property
    def setting(self) -> str:
        return f"FIRESIDE_KEEP_{self.kept.upper()}_DAYS"

    def limit(self, now: datetime) -> datetime | None:
        """What is older goes; None for no end."""
        return None if self.days == FOREVER else now - timedelta(days=self.days)


def parse_days(text: str) -> int:
    """Raises ValueError."""
    days = int(text)
    if days != FOREVER and not LEAST_DAYS <= days <= MOST_DAYS:
        raise ValueError(text)
    return days
