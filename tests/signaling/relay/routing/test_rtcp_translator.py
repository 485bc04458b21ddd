"""RTCP is forwarded with its numbers mapped; read here by aiortc's parser."""

import re
import struct
from typing import Any

from aiortc import rtp as wire

from signaling.relay.routing.seating import UNLIMITED
from signaling.relay.rtcp.packets import pli
from tests.signaling.relay.browser import Browser, Network, rtp

Pair = tuple[Browser, Browser]


def parsed(browser: Browser) -> list[Any]:
    return [each for packet in browser.rtcp for each in wire.RtcpPacket.parse(packet)]


def sender_report(ssrc: int, stamp: int, blocks_: bytes = b"") -> bytes:
    body = struct.pack("!IQIII", ssrc, 0x1122334455667788, stamp, 10, 1000) + blocks_
    return struct.pack("!BBH", 0x80 | len(blocks_) // 24, 200, len(body) // 4) + body


def report_block(ssrc: int, highest: int = 900, last: int = 0, delay: int = 0) -> bytes:
    return struct.pack("!IIIIII", ssrc, 64 << 24, highest, 5, last, delay)


def receiver_report(*reports: bytes) -> bytes:
    body = struct.pack("!I", 1) + b"".join(reports)
    return struct.pack("!BBH", 0x80 | len(reports), 201, len(body) // 4) + body


def feedback(kind: int, form: int, media: int, body: bytes = b"") -> bytes:
    return struct.pack("!BBHII", 0x80 | form, kind, 2 + len(body) // 4, 1, media) + body


def show(network: Network, browser: Browser, number: int = 900, stamp: int = 1000) -> int:
    """Send one picture; its SSRC."""
    ssrc = browser.ssrcs(1)[0]
    network.say(browser, rtp(ssrc, number, payload_type=96, stamp=stamp))
    return ssrc


def test_a_sender_report_goes_down(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, sender_report(show(network, mentor), 1000))
    report, names = parsed(mentee)
    slot = mentee.ssrcs(4, answer=True)[0]
    assert (report.ssrc, report.sender_info.ntp_timestamp) == (slot, 0x1122334455667788)
    assert (report.sender_info.rtp_timestamp, report.sender_info.packet_count) == (1000, 10)
    assert names.chunks[0].ssrc == slot
    assert f"a=ssrc:{slot} cname:{names.chunks[0].items[0][1].decode()}" in mentee.answer


def test_a_sender_report_follows_a_change_of_sender(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    show(network, mentor)
    again = network.join(Browser("mentor again", port=40003))
    network.relay.seat("mentee", 0, "mentor again")
    network.say(again, sender_report(again.ssrcs(1)[0], 5000))
    assert parsed(mentee) == []
    network.now += 1
    network.say(again, sender_report(show(network, again, 3, 5000), 5000))
    assert parsed(mentee)[0].sender_info.rtp_timestamp == 91_000


def test_reports_go_up_with_the_senders_numbers(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    ssrc = show(network, mentor)
    network.say(mentee, receiver_report(report_block(mentee.ssrcs(4, answer=True)[0]), report_block(77)))
    (report,) = parsed(mentor)
    (found,) = report.reports
    assert (found.ssrc, found.fraction_lost, found.highest_sequence, found.jitter) == (ssrc, 64, 900, 5)
    assert network.relay.figures("mentee").loss == 0.25


def test_reports_inside_a_sender_report_go_up_too(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    ssrc, own = show(network, mentor), show(network, mentee)
    network.say(mentee, sender_report(own, 1, report_block(mentee.ssrcs(4, answer=True)[0])))
    kinds = {type(each).__name__: each for each in parsed(mentor)}
    assert kinds["RtcpRrPacket"].reports[0].ssrc == ssrc
    assert kinds["RtcpSrPacket"].reports == []


def test_the_round_trip_is_measured(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, sender_report(show(network, mentor), 1000))
    network.now += 0.75
    network.say(mentee, receiver_report(report_block(mentee.ssrcs(4, answer=True)[0], last=0x33445566, delay=32768)))
    assert network.relay.figures("mentee").round_trip == 0.25


def test_nacks_go_up_with_the_senders_numbers(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    show(network, mentor)
    again = network.join(Browser("mentor again", port=40003))
    network.relay.seat("mentee", 0, "mentor again")
    ssrc = show(network, again, 30)
    again.rtcp.clear()
    numbers = struct.pack("!HHHH", 902, 3, 950, 0)
    network.say(mentee, feedback(205, 1, mentee.ssrcs(4, answer=True)[0], numbers))
    assert parsed(again)[0].media_ssrc == ssrc
    assert parsed(again)[0].lost == [31, 32, 33, 79]


def test_bandwidth_feedback_goes_up(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    ssrc = show(network, mentor)
    slot = mentee.ssrcs(4, answer=True)[0]
    body = bytes.fromhex("0384000100000100") + bytes.fromhex("20010100")
    # An estimate would measure only what the relay sends again, so it is not forwarded.
    network.say(mentee, feedback(205, 15, slot, body), feedback(206, 15, 0, wire.pack_remb_fci(300_000, [slot, 77])))
    head = struct.pack("!BBHI", 0x8F, 205, 5, network.relay._peers["mentor"].own_ssrc)
    assert mentor.rtcp == [head + struct.pack("!I", ssrc) + body]


def test_an_estimate_goes_up_where_packets_are_not_counted(network: Network) -> None:
    mentor, mentee = Browser("mentor", port=40001), Browser("mentee", port=40002)
    mentee.offer = re.sub(r"a=extmap:\S+ \S+transport-wide-cc\S+\r?\n", "", mentee.offer)
    network.pair(network.join(mentor), network.join(mentee))
    ssrc = show(network, mentor)
    remb = wire.pack_remb_fci(300_000, [mentee.ssrcs(4, answer=True)[0], 77])
    network.say(mentee, feedback(206, 15, 0, remb))
    (estimate,) = parsed(mentor)
    assert wire.unpack_remb_fci(estimate.fci) == (300_000, [ssrc])


def test_feedback_that_ends_in_half_a_word_stays_whole(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    show(network, mentor)
    body = bytes.fromhex("0384000100000100") + bytes.fromhex("2001ff02")
    packet = bytearray(feedback(205, 15, mentee.ssrcs(4, answer=True)[0], body))
    packet[0] |= 0x20
    network.say(mentee, bytes(packet))
    assert mentor.rtcp[0][0] == 0xAF
    assert mentor.rtcp[0][12:] == body


def test_whole_words_of_padding_are_left_out(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    show(network, mentor)
    packet = bytearray(feedback(205, 1, mentee.ssrcs(4, answer=True)[0], bytes.fromhex("0385000000000004")))
    packet[0] |= 0x20
    network.say(mentee, bytes(packet))
    assert mentor.rtcp[0][:4] == bytes.fromhex("81cd0003")
    assert parsed(mentor)[0].lost == [901]


def test_a_full_intra_request_becomes_a_picture_loss(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    ssrc = show(network, mentor)
    network.wait(1.0)
    network.say(mentee, feedback(206, 4, 0, struct.pack("!II", mentee.ssrcs(4, answer=True)[0], 1 << 24)))
    assert mentor.rtcp == [pli(network.relay._peers["mentor"].own_ssrc, ssrc)]


def test_a_goodbye_stays_here(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, struct.pack("!BBHI", 0x81, 203, 1, show(network, mentor)))
    assert mentee.rtcp == []


def test_of_three_one_receiver_speaks_for_all(network: Network) -> None:
    people = [network.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people[1:]:
        network.relay.seat(one.name, 0, "a")
    show(network, people[0])
    people[0].rtcp.clear()
    for one in people[1:]:
        network.say(one, receiver_report(report_block(one.ssrcs(4, answer=True)[0])))
    assert len(parsed(people[0])) == 1
    network.relay.close_peer("b")
    network.say(people[2], receiver_report(report_block(people[2].ssrcs(4, answer=True)[0])))
    assert len(parsed(people[0])) == 2


def limits(browser: Browser) -> list[int]:
    """The bitrates that the relay sent to a sender."""
    return [
        wire.unpack_remb_fci(each.fci)[0]
        for each in parsed(browser)
        if isinstance(each, wire.RtcpPsfbPacket) and each.fmt == 15
    ]


def test_of_three_the_smallest_estimate_goes_to_the_sender(network: Network) -> None:
    a, b, c = (network.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc"))
    for receiver, slot, sender in ((b, 0, a), (c, 0, a), (c, 1, b)):
        network.relay.seat(receiver.name, slot, sender.name)
    for one in (a, b):
        show(network, one)
        one.rtcp.clear()

    def estimate(browser: Browser, rate: int, *parts: int) -> bytes:
        return feedback(206, 15, 0, wire.pack_remb_fci(rate, [browser.ssrcs(part, answer=True)[0] for part in parts]))

    network.say(b, estimate(b, 800_000, 4))
    # c receives two people: half of what it can take is for each.
    network.say(c, estimate(c, 600_000, 4, 7))
    network.say(b, estimate(b, 900_000, 4))
    assert (limits(a), limits(b)) == ([800_000, 300_000, 300_000], [300_000])
    network.now += 11
    # The estimate of c is too old.
    network.say(b, estimate(b, 900_000, 4))
    assert limits(a)[3:] == [900_000]
    network.relay.close_peer("c")
    network.relay.seat("a", 0, "b")
    network.pump()
    assert limits(a)[4:] == [UNLIMITED]


def test_of_three_no_receivers_arrivals_reach_the_sender(network: Network) -> None:
    people = [network.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people[1:]:
        network.relay.seat(one.name, 0, "a")
    show(network, people[0])
    people[0].rtcp.clear()
    body = bytes.fromhex("038400010000010020010100")
    network.say(people[1], feedback(205, 15, people[1].ssrcs(4, answer=True)[0], body))
    assert people[0].rtcp == []
