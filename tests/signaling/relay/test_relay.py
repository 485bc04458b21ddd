"""The relay's promises, as browsers and strangers meet them."""

import gc
import struct
import weakref

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling.packet import Packet
from signaling.relay.events import BadOffer, PeerConnected, PeerLost
from signaling.relay.routing.track import Downlink
from tests.signaling.relay.browser import LEVEL, MID, TWCC, Browser, Line, rtp

STRANGER = ("udp", "203.0.113.66", 6666)
Pair = tuple[Browser, Browser]


def test_two_browsers_hear_and_see_each_other(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    for browser, other in ((mentor, mentee), (mentee, mentor)):
        sound, picture = browser.ssrcs(0)[0], browser.ssrcs(1)[0]
        line.say(browser, rtp(sound, 7, payload_type=111), rtp(picture, 900, payload_type=96, marker=True))
        assert other.rtp == [
            rtp(other.ssrcs(3, answer=True)[0], 7, payload_type=111),
            rtp(other.ssrcs(4, answer=True)[0], 900, payload_type=96, marker=True),
        ]
    assert line.relay.counters == {}
    assert line.astray == []


def test_chromium_and_firefox_get_each_others_media_under_their_own_numbers(line: Line) -> None:
    chromium = line.join(Browser("chromium", port=40001))
    firefox = line.join(Browser("firefox", "firefox", port=40002))
    line.pair(chromium, firefox)
    extensions = {chromium.extension(1, "transport-wide-cc-extensions-01"): b"\x12\x34", MID: b"1"}
    line.say(chromium, rtp(chromium.ssrcs(1)[0], 1, payload_type=96, extensions=extensions))
    twcc = firefox.extension(4, "transport-wide-cc-extensions-01")
    assert twcc != chromium.extension(1, "transport-wide-cc-extensions-01")
    # The mid is the sender's own name for the line: its place becomes padding.
    block = bytes([0xBE, 0xDE, 0, 2, twcc << 4 | 1, 0x12, 0x34, 0, 0, 0, 0, 0])
    plain = rtp(firefox.ssrcs(4, answer=True)[0], 1, payload_type=120)
    assert firefox.rtp == [b"\x90" + plain[1:12] + block + plain[12:]]
    line.say(firefox, rtp(firefox.ssrcs(0)[0], 5, payload_type=109))
    assert chromium.rtp == [rtp(chromium.ssrcs(3, answer=True)[0], 5, payload_type=111)]


def test_a_screen_has_its_own_place(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.say(mentor, rtp(mentor.ssrcs(2)[0], 1, payload_type=96))
    assert mentee.rtp == [rtp(mentee.ssrcs(5, answer=True)[0], 1, payload_type=96)]


def test_three_see_each_other_in_two_slots(line: Line) -> None:
    people = [line.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people:
        for slot, other in enumerate(each for each in people if each is not one):
            line.relay.seat(one.name, slot, other.name)
    line.pump()
    line.say(people[0], rtp(people[0].ssrcs(0)[0], 1, payload_type=111, extensions={TWCC: b"\0\1", LEVEL: b"\x10"}))
    for one in people[1:]:
        # Two senders count transport-wide numbers each for itself: a receiver of both must not see either's.
        plain = rtp(one.ssrcs(3, answer=True)[0], 1, payload_type=111)
        assert one.rtp == [b"\x90" + plain[1:12] + bytes([0xBE, 0xDE, 0, 2, 0, 0, 0, 0x10, 0x10, 0, 0, 0]) + plain[12:]]


def test_who_may_not_speak_or_show_is_not_carried(line: Line) -> None:
    mentor = line.join(Browser("mentor", port=40001), may_speak=False, may_show=False)
    mentee = line.join(Browser("mentee", port=40002))
    line.pair(mentor, mentee)
    for part, payload_type in ((0, 111), (1, 96), (2, 96)):
        named = {MID: str(part).encode()}
        line.say(mentor, rtp(mentor.ssrcs(part)[0], 1, payload_type=payload_type, extensions=named))
    assert mentee.rtp == []
    assert "a=inactive" in mentor.section(0, answer=True)
    line.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentor.rtp) == 1


def test_an_emptied_slot_gets_nothing(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.relay.seat("mentee", 0, None)
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert mentee.rtp == []


def test_a_bad_offer_changes_nothing(line: Line) -> None:
    with pytest.raises(BadOffer):
        line.relay.open_peer("mentor", "v=0\r\n", slots=1, may_speak=True, may_show=True, now=1.0)
    assert line.relay.deadline() is None


def test_a_closed_peer_is_gone_without_the_collector(line: Line, pair: Pair) -> None:
    for browser in pair:
        line.say(browser, rtp(browser.ssrcs(1)[0], 900, payload_type=96))
    kept = [weakref.ref(line.relay._peers[browser.name].dtls._ssl) for browser in pair]
    gc.disable()
    try:
        line.relay.close_peer("mentor")
        line.relay.close_peer("mentee")
        assert [each() for each in kept] == [None, None]
    finally:
        gc.enable()


def test_closing_tells_the_browser_and_frees_the_name(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.relay.close_peer("mentor")
    line.relay.close_peer("mentor")
    line.pump()
    assert mentor.closed
    line.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert mentor.rtp == []
    line.join(Browser("mentor", port=40009))


def test_a_browser_that_closes_is_lost(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    mentor.ssl.shutdown()
    line.send(mentor, mentor.ssl.bio_read(2048))
    assert line.happened[-1] == PeerLost("mentor", "closed")


# Time


def test_a_new_address_takes_over_when_it_is_proven(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    elsewhere = ("udp", "192.0.2.99", 7777)
    voice = rtp(mentee.ssrcs(0)[0], 1, payload_type=111)
    line.send(mentor, mentor.protect(rtp(mentor.ssrcs(0)[0], 1, payload_type=111)), source=elsewhere)
    assert mentee.rtp == []
    line.send(mentor, mentor.check(), source=elsewhere)
    line.astray.clear()
    line.say(mentee, voice)
    assert [address for _, address in line.astray] == [elsewhere]


def test_media_from_another_proven_address_moves_the_leg(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    elsewhere = ("udp", "192.0.2.99", 7777)
    line.send(mentor, mentor.check(nominate=False), source=elsewhere)
    line.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentor.rtp) == 1
    line.astray.clear()
    line.send(mentor, mentor.protect(rtp(mentor.ssrcs(0)[0], 1, payload_type=111)), source=elsewhere)
    line.say(mentee, rtp(mentee.ssrcs(0)[0], 2, payload_type=111))
    assert elsewhere in [address for _, address in line.astray]
    assert len(mentor.rtp) == 1


# Strangers


@pytest.mark.parametrize(
    "datagram", [b"", *(bytes([first]) * size for first in (0, 22, 128, 200) for size in (1, 3, 12))]
)
def test_a_tiny_datagram_ends_nothing(line: Line, pair: Pair, datagram: bytes) -> None:
    mentor, mentee = pair
    for source in (mentor.address, STRANGER):
        line.send(mentor, datagram, source=source)
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentee.rtp) == 1
    assert sum(line.relay.counters.values()) >= 1
    assert "internal error" not in line.relay.counters


def test_a_client_hello_from_an_unproven_address_is_ignored(line: Line) -> None:
    mentor = line.open(Browser("mentor"))
    hello = mentor.shake_hands()
    line.send(mentor, *hello)
    line.send(mentor, *hello, source=STRANGER)
    assert line.relay.counters == {"address not proven": 2}
    line.send(mentor, mentor.check())
    line.send(Browser("stranger"), *Browser("stranger").shake_hands(), source=STRANGER)
    line.send(mentor, *hello)
    assert mentor.connected


def test_an_alert_from_a_stranger_ends_no_set_up(line: Line) -> None:
    mentor = line.open(Browser("mentor"))
    line.send(mentor, mentor.check())
    line.send(mentor, bytes.fromhex("15fefd000000000000000500020228"), source=STRANGER)
    line.send(mentor, *mentor.shake_hands())
    assert line.happened == [PeerConnected("mentor")]


def test_a_check_that_is_not_right_is_not_answered(line: Line) -> None:
    mentor = line.open(Browser("mentor"))
    right = mentor.check()
    unsigned = right[:2] + struct.pack("!H", len(right) - 52) + right[4:-32]
    altered = right[:45] + bytes([right[45] ^ 1]) + right[46:]
    bare = b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12)
    for datagram in (unsigned, altered, bare, right[:-9], mentor.check(password="x" * 24)):
        line.send(mentor, datagram)
    assert mentor.stun == []
    assert sum(line.relay.counters.values()) == 5
    line.send(mentor, right)
    assert len(mentor.stun) == 1


def test_another_certificate_than_the_offers_is_refused(line: Line) -> None:
    impostor, honest = Browser("mentor"), Browser("mentor")
    impostor.offer = honest.offer
    line.open(impostor)
    line.send(impostor, impostor.check(), *impostor.shake_hands())
    assert line.happened == [PeerLost("mentor", "dtls failed: another certificate than the offer named")]


def test_a_weak_fingerprint_alone_is_refused(line: Line) -> None:
    mentor = Browser("mentor")
    mentor.offer = mentor.offer.replace(mentor.certificate.fingerprint(), "sha-1 " + ":".join(["AB"] * 20))
    line.open(mentor)
    line.send(mentor, mentor.check(), *mentor.shake_hands())
    assert line.happened == [PeerLost("mentor", "dtls failed: no certificate to compare")]


def test_a_flood_of_proven_addresses_is_bounded(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    for port in range(1, 100):
        line.send(mentor, mentor.check(nominate=False), source=("udp", "192.0.2.7", port))
    assert len(line.relay._table.by_address) == 17
    line.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentor.rtp) == 1


def test_an_address_goes_to_whom_last_proved_it(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.send(mentee, mentee.check(), source=mentor.address)
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert line.relay.counters == {"srtp refused": 1}
    line.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert mentor.rtp == []
    assert line.relay.figures("mentor").packets_out == 2


def test_a_fault_of_ours_closes_that_peer_alone(line: Line, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    mentor, mentee = pair

    def broken(*_: object) -> bool:
        raise RuntimeError("ours")

    monkeypatch.setattr(Downlink, "rewrite", broken)
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert line.happened[-1] == PeerLost("mentor", "internal error")
    monkeypatch.undo()
    line.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert list(line.relay._peers) == ["mentee"]


def test_figures_outlive_a_lost_peer_until_it_is_closed(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    for number in range(11):
        packet = rtp(mentor.ssrcs(0)[0], number, payload_type=111, stamp=960 * number, extensions={LEVEL: b"\x14"})
        line.say(mentor, packet)
    line.wait(31)
    figures = line.relay.figures("mentor")
    assert figures.packets_in == 11
    assert figures.speaking_seconds == pytest.approx(0.2)
    line.relay.close_peer("mentor")
    assert line.relay.figures("mentor").packets_in == 0


HEADS = st.sampled_from(
    [
        b"\0\1\0\x50\x21\x12\xa4\x42",
        b"\x16\xfe\xfd",
        b"\x15\xfe\xfd",
        b"\x80\x6f",
        b"\x90\x60",
        b"\x80\xc8",
        b"\x81\xcd",
        b"",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=HEADS, body=st.binary(max_size=200), near=st.booleans())
def test_no_datagram_raises_or_harms(line: Line, head: bytes, body: bytes, near: bool) -> None:
    if not line.browsers:
        line.pair(line.join(Browser("mentor", port=40001)), line.join(Browser("mentee", port=40002)))
    mentor = next(iter(line.browsers.values()))
    line.relay.receive(Packet(head + body), mentor.address if near else STRANGER, line.now)
    assert line.relay.outgoing() == []
    assert "internal error" not in line.relay.counters
    assert len(line.relay._peers) == 2


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(
        [
            b"\x80\xc8",
            b"\x81\xc9",
            b"\x81\xcd",
            b"\x8f\xcd",
            b"\x81\xce",
            b"\x84\xce",
            b"\x8f\xce",
            b"\x80\x6f",
            b"\x90\xe0",
            b"\xb0\x61",
        ]
    ),
    body=st.binary(min_size=10, max_size=120),
    ours=st.integers(0, 8),
)
def test_nothing_a_joined_browser_says_raises(line: Line, head: bytes, body: bytes, ours: int) -> None:
    if not line.browsers:
        line.pair(line.join(Browser("mentor", port=40001)), line.join(Browser("mentee", port=40002)))
    mentor: Browser = next(iter(line.browsers.values()))
    words = [*mentor.ssrcs(0), *mentor.ssrcs(1), *mentor.ssrcs(3, answer=True), *mentor.ssrcs(4, answer=True), 7, 7, 7]
    ssrc = words[ours].to_bytes(4, "big")
    packet = head + body
    packet = (
        packet[:8] + ssrc + packet[12:]
        if packet[1] < 0xC0 or packet[1] >= 0xE0 or packet[1] > 204
        else (packet[:2] + (len(packet) // 4 - 1).to_bytes(2, "big") + ssrc + packet[8:])
    )
    try:
        protected = mentor.protect(packet)
    except Exception:
        return
    line.relay.receive(Packet(protected), mentor.address, line.now)
    line.relay.outgoing()
    assert "internal error" not in line.relay.counters
