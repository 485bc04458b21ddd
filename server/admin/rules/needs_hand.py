"""From when on somebody may need a hand of those who run the scheme."""

from datetime import timedelta

QUIET_WEEKS = 6
QUIET_AFTER = timedelta(weeks=QUIET_WEEKS)
# An offer that nobody answered is of interest for so long.
UNANSWERED_WEEKS = 4
UNANSWERED_FOR = timedelta(weeks=UNANSWERED_WEEKS)
# Who was added has so long to open the first link.
NEW_FOR = timedelta(days=3)
