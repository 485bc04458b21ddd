"""Loss, jitter and round trip of one peer; speaking time is the duration of packets louder than -50 dBov."""

import struct

import pytest

from signaling.relay.statistics import WINDOW, PeerStatistics, SpeakingTime
from tests.signaling.relay.browser import LEVEL, Browser, Network, rtp


def test_loss_towards_the_relay_is_seen_in_the_numbers() -> None:
    statistics = PeerStatistics()
    for number in range(65_000, 65_000 + 2 * WINDOW):
        if number % 10:
            statistics.add_packet(number & 0xFFFF)
    assert statistics.loss_in == pytest.approx(0.1, abs=0.03)


def test_numbers_out_of_order_and_round_the_end_are_no_loss() -> None:
    statistics = PeerStatistics()
    for number in range(65_500, 65_500 + 3 * WINDOW, 2):
        for each in (number + 1, number):
            statistics.add_packet(each & 0xFFFF)
    assert statistics.loss_in == pytest.approx(0.0, abs=0.03)


def test_what_the_senders_own_leg_lost_is_not_the_receivers() -> None:
    statistics = PeerStatistics()
    statistics.add_report(0.12, 0.01, senders_loss=0.1)
    statistics.add_report(0.05, 0.03, senders_loss=0.1)
    statistics.add_round_trip(0.2)
    assert statistics.loss_out == 0.0
    assert statistics.means() == (pytest.approx(0.01), pytest.approx(0.02), 0.2)
    assert statistics.worst_loss == 0.0
    assert PeerStatistics().means() == (None, None, None)
    assert PeerStatistics().worst_loss is None


def test_a_call_measures_both_peers(network: Network, pair: tuple[Browser, Browser]) -> None:
    mentor, mentee = pair
    voice = mentor.ssrcs(0)[0]
    for number in range(2 * WINDOW):
        if number % 5:
            network.say(mentor, rtp(voice, number, payload_type=111, extensions={LEVEL: b"\x05"}))
    slot = mentee.ssrcs(3, answer=True)[0]
    report = struct.pack("!BBHI", 0x81, 201, 7, 1) + struct.pack("!IBxxxIIII", slot, 77, 200, 480, 0, 0)
    network.say(mentee, report)
    assert network.relay.figures("mentor").loss == pytest.approx(0.2, abs=0.03)
    figures = network.relay.figures("mentee")
    assert figures.loss == pytest.approx(77 / 256 - 0.2, abs=0.03)
    assert figures.mean_jitter == 0.01


def test_loud_packets_count_their_time() -> None:
    speech = SpeakingTime()
    for number in range(51):
        speech.add(20, 960 * number)
    assert speech.seconds() == 1.0


def test_quiet_packets_and_packets_without_a_level_do_not() -> None:
    speech = SpeakingTime()
    for number in range(51):
        speech.add(50 if number % 2 else None, 960 * number)
    assert speech.seconds() == 0.0


def test_a_pause_or_a_jump_is_no_speech() -> None:
    speech = SpeakingTime()
    speech.add(20, 0)
    speech.add(20, 480_000)
    speech.add(20, 0)
    assert speech.seconds() == 0.0


def test_the_clock_may_wrap() -> None:
    speech = SpeakingTime()
    speech.add(20, 0xFFFFFFFF - 479)
    speech.add(20, 480)
    assert speech.seconds() == 0.02
