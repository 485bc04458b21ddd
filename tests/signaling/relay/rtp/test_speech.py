"""Speaking time counts packets louder than -50 dBov, by their own duration."""

from signaling.relay.rtp.speech import Speech


def test_loud_packets_count_their_time() -> None:
    speech = Speech()
    for number in range(51):
        speech.add(20, 960 * number)
    assert speech.seconds() == 1.0


def test_quiet_packets_and_packets_without_a_level_do_not() -> None:
    speech = Speech()
    for number in range(51):
        speech.add(50 if number % 2 else None, 960 * number)
    assert speech.seconds() == 0.0


def test_a_pause_or_a_jump_is_no_speech() -> None:
    speech = Speech()
    speech.add(20, 0)
    speech.add(20, 480_000)
    speech.add(20, 0)
    assert speech.seconds() == 0.0


def test_the_clock_may_wrap() -> None:
    speech = Speech()
    speech.add(20, 0xFFFFFFFF - 479)
    speech.add(20, 480)
    assert speech.seconds() == 0.02
