"""Unsent emails give way to what happened since; what somebody may know already is never left unsaid."""

from datetime import timedelta

import pytest

from server.catchups.emails import KINDS
from server.catchups.rules.collapsing import (
    COLLAPSES,
    HELD,
    HOLD,
    URGENT,
    QueuedNotice,
    UnsentEmail,
    collapse,
    giving_way,
)
from tests.server.actors import NOW

SECOND = timedelta(seconds=1)
PAIRS = [(kind, unsent) for kind, others in COLLAPSES.items() for unsent in others]


def email(kind, held=False):
    return UnsentEmail(kind, NOW - SECOND, NOW - SECOND + (HOLD if held else timedelta()))


def test_it_knows_only_emails_that_there_are():
    named = {kind for pair in PAIRS for kind in pair} | {
        each for others in COLLAPSES.values() for each in others.values() if each
    }
    assert named | HELD <= KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_alone_it_goes_at_once_and_an_undoing_waits_for_another_answer(kind):
    assert collapse(kind, (), NOW) == QueuedNotice(kind, NOW + HOLD if kind in HELD else NOW)


@pytest.mark.parametrize(("kind", "unsent"), PAIRS)
def test_two_become_one_or_none(kind, unsent):
    instead = COLLAPSES[kind][unsent]
    assert collapse(kind, [email(unsent)], NOW) == (None if instead is None else QueuedNotice(instead, NOW))


@pytest.mark.parametrize(("kind", "unsent"), PAIRS)
def test_what_took_the_place_of_news_that_somebody_has_is_never_dropped_in_silence(kind, unsent):
    queued = collapse(kind, [email(unsent, held=True)], NOW)
    assert queued.kind == (COLLAPSES[kind][unsent] or kind)
    assert queued.due_at == (NOW if queued.kind in URGENT else NOW - SECOND + HOLD)


def test_what_is_called_off_is_always_told_at_once():
    assert {"booking_cancelled", "booking_called_off"} == URGENT
    for kind in URGENT:
        assert giving_way(kind) == ("offer_accepted", "offers_accepted", "booking_moved", "running_late", "move_asked")
        for unsent in ((), [email("offer_accepted")], [email("offer_accepted", held=True)]):
            assert collapse(kind, unsent, NOW) == QueuedNotice(kind, NOW)


def test_whoever_changes_their_mind_for_ever_delays_no_email_for_ever():
    """Each email waits no longer than the first that it takes the place of."""
    first = collapse("answer_undone", (), NOW)
    waiting, now = UnsentEmail(first.kind, NOW, first.due_at), NOW
    for number in range(20):
        now += 5 * SECOND
        kind = ("offer_accepted", "answer_undone")[number % 2]
        queued = collapse(kind, [waiting], now)
        assert queued == QueuedNotice(kind, first.due_at)
        waiting = UnsentEmail(queued.kind, now, queued.due_at)
