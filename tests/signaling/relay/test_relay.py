"""What the relay does for browsers, and for strangers."""

import gc
import random
import struct
import weakref
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling.packet import Packet
from signaling.relay.events import BadOffer, PeerConnected, PeerLost
from signaling.relay.routing.track import Downlink
from signaling.relay.rtcp.packets import nack, pli
from tests.signaling.relay.browser import LEVEL, MID, TWCC, Browser, Network, rtp

SEED = 20261129
STRANGER = ("udp", "203.0.113.66", 6666)
Pair = tuple[Browser, Browser]


def test_two_browsers_hear_and_see_each_other(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    for browser, other in ((mentor, mentee), (mentee, mentor)):
        sound, picture = browser.ssrcs(0)[0], browser.ssrcs(1)[0]
        network.say(browser, rtp(sound, 7, payload_type=111), rtp(picture, 900, payload_type=96, marker=True))
        assert other.rtp == [
            rtp(other.ssrcs(3, answer=True)[0], 7, payload_type=111),
            rtp(other.ssrcs(4, answer=True)[0], 900, payload_type=96, marker=True),
        ]
    assert network.relay.counters == {}
    assert network.astray == []


def test_chromium_and_firefox_get_each_others_media_under_their_own_numbers(network: Network) -> None:
    chromium = network.join(Browser("chromium", port=40001))
    firefox = network.join(Browser("firefox", "firefox", port=40002))
    network.pair(chromium, firefox)
    extensions = {chromium.extension(1, "transport-wide-cc-extensions-01"): b"\x12\x34", MID: b"1"}
    network.say(chromium, rtp(chromium.ssrcs(1)[0], 1, payload_type=96, extensions=extensions))
    twcc = firefox.extension(4, "transport-wide-cc-extensions-01")
    assert twcc != chromium.extension(1, "transport-wide-cc-extensions-01")
    # The mid is the sender's name for the media line: padding replaces it.
    block = bytes([0xBE, 0xDE, 0, 2, twcc << 4 | 1, 0x12, 0x34, 0, 0, 0, 0, 0])
    plain = rtp(firefox.ssrcs(4, answer=True)[0], 1, payload_type=120)
    assert firefox.rtp == [b"\x90" + plain[1:12] + block + plain[12:]]
    network.say(firefox, rtp(firefox.ssrcs(0)[0], 5, payload_type=109))
    assert chromium.rtp == [rtp(chromium.ssrcs(3, answer=True)[0], 5, payload_type=111)]


def carried(payload_of: Callable[[int], bytes]) -> tuple[list[bytes], object]:
    """The payloads that the mentee gets, and all else that anybody can see: one picture is lost on its way to the relay
    and one on its way from there, and a keyframe is requested."""
    network = Network()
    mentor, mentee = (network.join(Browser(name, port=port)) for name, port in (("mentor", 40001), ("mentee", 40002)))
    network.pair(mentor, mentee)
    sound, picture, shown = mentor.ssrcs(0)[0], mentor.ssrcs(1)[0], mentee.ssrcs(4, answer=True)[0]
    for number in (1, 2, 3):
        level = {LEVEL: b"\x10"}
        network.say(mentor, rtp(sound, number, payload_type=111, extensions=level, payload=payload_of(number)))
        network.now += 0.02
    for number in (10, 11, 13):
        network.say(mentor, rtp(picture, number, payload_type=96, payload=payload_of(number)))
    network.say(mentee, nack(1, shown, [11]), pli(1, shown))
    network.wait(1.0)
    headers = [(each[:4], len(each)) for each in mentee.rtp]
    requests = [(each[:2], len(each), each[12:] if each[1] == 205 else b"") for each in mentor.rtcp]
    assert {b"\x81\xcd", b"\x81\xce"} <= {kind for kind, _, _ in requests}
    figures = network.relay.figures("mentor")
    seen = (headers, requests, figures.speaking_seconds, figures.bytes_in, network.relay.counters)
    return [each[-len(payload_of(0)) :] for each in mentee.rtp], seen


def test_what_payloads_hold_changes_nothing() -> None:
    """So that browsers can encrypt them: forwarding, repairs, requests and levels read headers only."""
    kinds: list[Callable[[int], bytes]] = [
        lambda number: bytes([number] * 50),
        lambda number: b"\x10\x00\x00\x9d\x01\x2a" + bytes([number] * 44),
        lambda number: random.Random(SEED + number).randbytes(50),
    ]
    seen = []
    for payload_of in kinds:
        payloads, rest = carried(payload_of)
        assert payloads == [payload_of(number) for number in (1, 2, 3, 10, 11, 13, 11)]
        seen.append(rest)
    assert seen[0] == seen[1] == seen[2]


def test_a_screen_has_its_own_place(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, rtp(mentor.ssrcs(2)[0], 1, payload_type=96))
    assert mentee.rtp == [rtp(mentee.ssrcs(5, answer=True)[0], 1, payload_type=96)]


def test_three_see_each_other_in_two_slots(network: Network) -> None:
    people = [network.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people:
        for slot, other in enumerate(each for each in people if each is not one):
            network.relay.seat(one.name, slot, other.name)
    network.pump()
    network.say(people[0], rtp(people[0].ssrcs(0)[0], 1, payload_type=111, extensions={TWCC: b"\0\1", LEVEL: b"\x10"}))
    for one in people[1:]:
        # Two senders count transport-wide numbers each for itself: a receiver of both must not see either's.
        plain = rtp(one.ssrcs(3, answer=True)[0], 1, payload_type=111)
        assert one.rtp == [b"\x90" + plain[1:12] + bytes([0xBE, 0xDE, 0, 2, 0, 0, 0, 0x10, 0x10, 0, 0, 0]) + plain[12:]]


def test_who_may_not_speak_or_show_is_not_carried(network: Network) -> None:
    mentor = network.join(Browser("mentor", port=40001), may_speak=False, may_show=False)
    mentee = network.join(Browser("mentee", port=40002))
    network.pair(mentor, mentee)
    for part, payload_type in ((0, 111), (1, 96), (2, 96)):
        named = {MID: str(part).encode()}
        network.say(mentor, rtp(mentor.ssrcs(part)[0], 1, payload_type=payload_type, extensions=named))
    assert mentee.rtp == []
    assert "a=inactive" in mentor.section(0, answer=True)
    network.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentor.rtp) == 1


def test_an_emptied_slot_gets_nothing(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.relay.seat("mentee", 0, None)
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert mentee.rtp == []


def test_a_bad_offer_changes_nothing(network: Network) -> None:
    with pytest.raises(BadOffer):
        network.relay.open_peer("mentor", "v=0\r\n", slots=1, may_speak=True, may_show=True, now=1.0)
    assert network.relay.deadline() is None


def test_a_closed_peer_is_gone_without_the_collector(network: Network, pair: Pair) -> None:
    for browser in pair:
        network.say(browser, rtp(browser.ssrcs(1)[0], 900, payload_type=96))
    kept = [weakref.ref(network.relay._peers[browser.name].dtls._ssl) for browser in pair]
    gc.disable()
    try:
        network.relay.close_peer("mentor")
        network.relay.close_peer("mentee")
        assert [each() for each in kept] == [None, None]
    finally:
        gc.enable()


def test_closing_tells_the_browser_and_frees_the_name(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.relay.close_peer("mentor")
    network.relay.close_peer("mentor")
    network.pump()
    assert mentor.closed
    network.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert mentor.rtp == []
    network.join(Browser("mentor", port=40009))


def test_a_browser_that_closes_is_lost(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    mentor.ssl.shutdown()
    network.send(mentor, mentor.ssl.bio_read(2048))
    assert network.happened[-1] == PeerLost("mentor", "closed")


# Time


def test_a_new_address_takes_over_when_it_is_proven(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    elsewhere = ("udp", "192.0.2.99", 7777)
    voice = rtp(mentee.ssrcs(0)[0], 1, payload_type=111)
    network.send(mentor, mentor.protect(rtp(mentor.ssrcs(0)[0], 1, payload_type=111)), source=elsewhere)
    assert mentee.rtp == []
    network.send(mentor, mentor.check(), source=elsewhere)
    network.astray.clear()
    network.say(mentee, voice)
    assert [address for _, address in network.astray] == [elsewhere]


def test_media_from_another_proven_address_moves_the_peer(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    elsewhere = ("udp", "192.0.2.99", 7777)
    network.send(mentor, mentor.check(nominate=False), source=elsewhere)
    network.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentor.rtp) == 1
    network.astray.clear()
    network.send(mentor, mentor.protect(rtp(mentor.ssrcs(0)[0], 1, payload_type=111)), source=elsewhere)
    network.say(mentee, rtp(mentee.ssrcs(0)[0], 2, payload_type=111))
    assert elsewhere in [address for _, address in network.astray]
    assert len(mentor.rtp) == 1


# Strangers


@pytest.mark.parametrize(
    "datagram", [b"", *(bytes([first]) * size for first in (0, 22, 128, 200) for size in (1, 3, 12))]
)
def test_a_tiny_datagram_ends_nothing(network: Network, pair: Pair, datagram: bytes) -> None:
    mentor, mentee = pair
    for source in (mentor.address, STRANGER):
        network.send(mentor, datagram, source=source)
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentee.rtp) == 1
    assert sum(network.relay.counters.values()) >= 1
    assert "internal error" not in network.relay.counters


def test_a_client_hello_from_an_unproven_address_is_ignored(network: Network) -> None:
    mentor = network.open(Browser("mentor"))
    hello = mentor.handshake()
    network.send(mentor, *hello)
    network.send(mentor, *hello, source=STRANGER)
    assert network.relay.counters == {"address not proven": 2}
    network.send(mentor, mentor.check())
    network.send(Browser("stranger"), *Browser("stranger").handshake(), source=STRANGER)
    network.send(mentor, *hello)
    assert mentor.connected


def test_an_alert_from_a_stranger_ends_no_set_up(network: Network) -> None:
    mentor = network.open(Browser("mentor"))
    network.send(mentor, mentor.check())
    network.send(mentor, bytes.fromhex("15fefd000000000000000500020228"), source=STRANGER)
    network.send(mentor, *mentor.handshake())
    assert network.happened == [PeerConnected("mentor")]


def test_a_check_that_is_not_right_is_not_answered(network: Network) -> None:
    mentor = network.open(Browser("mentor"))
    right = mentor.check()
    unsigned = right[:2] + struct.pack("!H", len(right) - 52) + right[4:-32]
    altered = right[:45] + bytes([right[45] ^ 1]) + right[46:]
    bare = b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12)
    for datagram in (unsigned, altered, bare, right[:-9], mentor.check(password="x" * 24)):
        network.send(mentor, datagram)
    assert mentor.stun == []
    assert sum(network.relay.counters.values()) == 5
    network.send(mentor, right)
    assert len(mentor.stun) == 1


def test_another_certificate_than_the_offers_is_refused(network: Network) -> None:
    impostor, honest = Browser("mentor"), Browser("mentor")
    impostor.offer = honest.offer
    network.open(impostor)
    network.send(impostor, impostor.check(), *impostor.handshake())
    assert network.happened == [PeerLost("mentor", "dtls failed: another certificate than the offer named")]


def test_a_weak_fingerprint_alone_is_refused(network: Network) -> None:
    mentor = Browser("mentor")
    mentor.offer = mentor.offer.replace(mentor.certificate.fingerprint(), "sha-1 " + ":".join(["AB"] * 20))
    network.open(mentor)
    network.send(mentor, mentor.check(), *mentor.handshake())
    assert network.happened == [PeerLost("mentor", "dtls failed: no certificate to compare")]


def test_a_flood_of_proven_addresses_is_bounded(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    for port in range(1, 100):
        network.send(mentor, mentor.check(nominate=False), source=("udp", "192.0.2.7", port))
    assert len(network.relay._table.by_address) == 17
    network.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentor.rtp) == 1


def test_an_address_goes_to_whom_last_proved_it(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.send(mentee, mentee.check(), source=mentor.address)
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert network.relay.counters == {"srtp refused": 1}
    network.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert mentor.rtp == []
    assert network.relay.figures("mentor").packets_out == 2


def test_a_fault_of_ours_closes_that_peer_alone(network: Network, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    mentor, mentee = pair

    def broken(*_: object) -> bool:
        raise RuntimeError("ours")

    monkeypatch.setattr(Downlink, "rewrite", broken)
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert network.happened[-1] == PeerLost("mentor", "internal error")
    monkeypatch.undo()
    network.say(mentee, rtp(mentee.ssrcs(0)[0], 1, payload_type=111))
    assert list(network.relay._peers) == ["mentee"]


def test_figures_outlive_a_lost_peer_until_it_is_closed(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    for number in range(11):
        packet = rtp(mentor.ssrcs(0)[0], number, payload_type=111, stamp=960 * number, extensions={LEVEL: b"\x14"})
        network.say(mentor, packet)
    network.wait(31)
    figures = network.relay.figures("mentor")
    assert figures.packets_in == 11
    assert figures.speaking_seconds == pytest.approx(0.2)
    network.relay.close_peer("mentor")
    assert network.relay.figures("mentor").packets_in == 0


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
def test_no_datagram_raises_or_harms(network: Network, head: bytes, body: bytes, near: bool) -> None:
    if not network.browsers:
        network.pair(network.join(Browser("mentor", port=40001)), network.join(Browser("mentee", port=40002)))
    mentor = next(iter(network.browsers.values()))
    network.relay.receive(Packet(head + body), mentor.address if near else STRANGER, network.now)
    assert network.relay.outgoing() == []
    assert "internal error" not in network.relay.counters
    assert len(network.relay._peers) == 2


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
def test_nothing_a_joined_browser_says_raises(network: Network, head: bytes, body: bytes, ours: int) -> None:
    if not network.browsers:
        network.pair(network.join(Browser("mentor", port=40001)), network.join(Browser("mentee", port=40002)))
    mentor: Browser = next(iter(network.browsers.values()))
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
    network.relay.receive(Packet(protected), mentor.address, network.now)
    network.relay.outgoing()
    assert "internal error" not in network.relay.counters
