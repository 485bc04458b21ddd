"""What the two kept together is erased when both say so, about the end that stands."""

from datetime import UTC, datetime, timedelta
from itertools import product

from server.mentorships.rules.parting import Shared, both_erase

ENDED = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON, BEFORE = ENDED + timedelta(days=1), ENDED - timedelta(days=1)
SAID = [Shared(erases, at) for erases, at in product((True, False), (BEFORE, SOON))] + [Shared()]


def test_both_must_say_so_since_the_end():
    for one, other in product(SAID, SAID):
        assert both_erase(one, other, ENDED) == (one == other == Shared(True, SOON))


def test_what_was_said_about_an_earlier_end_counts_no_more():
    assert [Shared(True, at).since(ENDED) for at in (BEFORE, ENDED, SOON)] == [None, True, True]
