"""How the speaking time of a call was shared: in the last ten minutes, and all in all."""

from signaling.protocol.messages import Speaking, Spoken
from signaling.room.speaking import RECENT, TOLD_EVERY, SpeakingTally


def test_what_is_older_than_ten_minutes_counts_in_the_total_only() -> None:
    tally = SpeakingTally()
    for second in range(60):
        tally.add("ann", 0.5, float(second))
    for second in range(int(RECENT), int(RECENT) + 120):
        tally.add("bob", 1.0, float(second))
    assert tally.message(RECENT + 120.0) == Speaking(True, (Spoken("ann", 0.0, 30.0), Spoken("bob", 120.0, 120.0)))


def test_a_silence_is_told_to_nobody() -> None:
    tally = SpeakingTally()
    tally.add("ann", 0.0, 1.0)
    assert not tally.due(100.0)


def test_it_is_told_every_five_seconds() -> None:
    tally = SpeakingTally()
    tally.add("ann", 1.0, 1.0)
    assert [tally.due(1.0 + second) for second in (0, 1, TOLD_EVERY, TOLD_EVERY + 1)] == [True, False, True, False]


def test_once_off_it_is_forgotten_and_stays_off() -> None:
    tally = SpeakingTally()
    tally.add("ann", 1.0, 1.0)
    tally.switch_off()
    tally.add("ann", 1.0, 2.0)
    assert tally.message(3.0) == Speaking(False, ())
    assert not tally.due(100.0)
