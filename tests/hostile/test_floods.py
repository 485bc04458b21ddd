"""Floods, wrong certificates, replays and endless comings and goings (S5 to S9, R11): bounded, refused, forgotten."""

import gc
import os
import random
import struct
import time
from collections import Counter
from contextlib import suppress

import pylibsrtp
import pytest

from signaling.packet import Address, Packet
from signaling.relay import rate_limit
from signaling.relay.events import BadOffer, PeerConnected
from signaling.relay.routing.peer import Peer
from signaling.relay.routing.track import Downlink, Stream, Track
from signaling.relay.transport import dtls
from tests.hostile.strangers import ALERT, bombard, carries, client_hello, resident, snapshot
from tests.signaling.relay.browser import MID, OFFERS, Browser, Network, rtp

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
FLOOD = 500_000 if LONG else 50_000
CYCLES = 5000 if LONG else 500
SEED = 20261123
Pair = tuple[Browser, Browser]


def test_a_flood_from_everywhere_costs_no_packet_and_no_memory(network: Network, pair: Pair) -> None:
    """S5: checks, ClientHellos, media and noise from as many addresses as there are datagrams, amid a call."""
    mentor, mentee = pair
    dice, begun = random.Random(SEED), resident()
    kinds = [
        mentor.check(password="x" * 22),  # a wrong one
        client_hello(),
        ALERT,
        rtp(mentor.ssrcs(0)[0], 1, payload_type=111),
        b"\x80\xc8" + bytes(26),
        dice.randbytes(200),
    ]
    table = snapshot(network)[:2]
    answered, said = 0, 0
    began = time.perf_counter()
    for number in range(FLOOD):
        source: Address = ("udp", f"198.51.{number >> 8 & 255}.{number & 255}", dice.randrange(1, 65536))
        answered += bombard(network, kinds[number % len(kinds)], source=source)
        if number % 100 == 0:
            network.now += 0.02
            said += 1
            network.say(mentor, rtp(mentor.ssrcs(0)[0], said, payload_type=111))
    took = time.perf_counter() - began
    grown = resident() - begun
    print(
        f"{FLOOD} datagrams: {answered} bytes answered, {len(mentee.rtp)} of {said} packets of the call came, "
        f"{grown / 1e6:.1f} MB more, {took / FLOOD * 1e6:.1f} µs each"
    )
    assert answered == 0
    assert len(mentee.rtp) == said
    assert snapshot(network)[:2] == table
    assert grown < 10_000_000


def test_strangers_cannot_begin_handshakes(network: Network, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """S7: an association exists only for who was let in over an authenticated socket."""
    made, hello = [], client_hello()
    monkeypatch.setattr(dtls.SSL, "Connection", lambda *_: made.append(1))
    before = snapshot(network)
    answered = sum(bombard(network, hello, source=("udp", "203.0.113.9", 1 + number)) for number in range(10_000))
    assert (answered, made) == (0, [])
    assert snapshot(network) == before


def test_new_ssrcs_of_one_sender_are_bounded(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    begun = resident()
    for number in range(20_000):
        network.now += 0.001
        named = {MID: b"1"} if number % 2 else {}
        datagram = mentor.protect(rtp(10_000 + number, number & 0xFFFF, payload_type=96, extensions=named))
        network.relay.receive(Packet(datagram), mentor.address, network.now)
        network.relay.outgoing()
    peer = network.relay._peers["mentor"]
    print(f"20000 SSRCs: {len(peer.streams)} streams, {len(peer.unsignaled.rejected)} strangers kept")
    assert len(peer.streams) <= 8
    assert len(peer.unsignaled.rejected) <= 32
    assert resident() - begun < 60_000_000
    assert carries(network, mentee, mentor, 1)


@pytest.mark.parametrize("fault", ["another certificate", "sha-1 of another", "none", "md5"])
def test_a_wrong_fingerprint_gets_no_media(network: Network, pair: Pair, fault: str) -> None:
    """S6."""
    mentor, mentee = pair
    browser = Browser("eve", port=40003)
    right = browser.certificate.fingerprint()
    other = {
        "another certificate": Browser("x").certificate.fingerprint(),
        "sha-1 of another": "sha-1 " + ":".join(["AB"] * 20),
        "none": "",
        "md5": "md5 " + ":".join(["AB"] * 16),
    }[fault]
    line_of = f"a=fingerprint:{other}" if other else "a=x-none:"
    browser.offer = browser.offer.replace(f"a=fingerprint:{right}", line_of)
    if fault == "none":
        with pytest.raises(BadOffer, match="fingerprint"):
            network.open(browser)
        return
    network.open(browser)
    network.relay.seat("eve", 0, "mentor")
    network.send(browser, browser.check())
    network.send(browser, *browser.handshake())
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert PeerConnected("eve") not in network.happened
    assert browser.rtp == []
    assert "eve" not in network.relay._peers
    assert len(mentee.rtp) == 1


def test_replayed_altered_and_truncated_packets_are_not_forwarded(network: Network, pair: Pair) -> None:
    """S8."""
    mentor, mentee = pair
    sound = mentor.ssrcs(0)[0]
    sent = [mentor.protect(rtp(sound, number, payload_type=111)) for number in range(1, 51)]
    network.send(mentor, *sent)
    assert len(mentee.rtp) == 50
    altered = [packet[:at] + bytes([packet[at] ^ 4]) + packet[at + 1 :] for packet in sent for at in (13, -1)]
    truncated = [packet[:size] for packet in sent[:5] for size in range(12, len(packet))]
    oversize = [packet + bytes(2048 - len(packet)) for packet in sent]
    network.send(mentor, *sent, *altered, *truncated, *oversize)
    print(
        f"{len(sent + altered + truncated + oversize)} replayed, altered, truncated, oversize: {network.relay.counters}"
    )
    assert len(mentee.rtp) == 50
    assert carries(network, mentor, mentee, 60)


def test_numbers_may_wrap_and_ssrcs_collide(network: Network) -> None:
    people = [Browser(name, port=40_001 + at) for at, name in enumerate("abcd")]
    for browser in people:
        # Two calls whose senders chose the same SSRCs.
        browser.offer = browser.offer.replace(str(browser.ssrcs(0)[0]), "4711")
        network.join(browser)
    network.pair(people[0], people[1])
    network.pair(people[2], people[3])
    for number in range(0, 3 * 65_536, 250):
        network.now += 0.01
        for browser in (people[0], people[1], people[2]):
            network.say(browser, rtp(4711, number & 0xFFFF, payload_type=111, stamp=number * 960 & 0xFFFFFFFF))
    counts = [len(browser.rtp) for browser in people]
    print(f"three times round the sequence numbers: {counts} packets came")
    assert counts == [787, 787, 0, 787]


def test_who_sends_too_much_is_cut_and_nobody_else(network: Network, pair: Pair) -> None:
    """S8: five times what may be sent, for three seconds."""
    mentor, _ = pair
    others = [network.join(Browser(name, port=41_000 + at)) for at, name in enumerate("cd")]
    network.pair(*others)
    picture, number = mentor.ssrcs(1)[0], 0
    for millisecond in range(3000):
        network.now += 0.001
        packets = []
        for _ in range(5 * rate_limit.PACKET_RATE // 1000):
            number += 1
            packets.append(mentor.protect(rtp(picture, number & 0xFFFF, payload_type=96)))
        for packet in packets:
            network.relay.receive(Packet(packet), mentor.address, network.now)
        network.relay.outgoing()
        if millisecond % 20 == 0:
            network.say(others[0], rtp(others[0].ssrcs(0)[0], millisecond, payload_type=111))
    taken = network.relay.figures("mentor").packets_in
    print(f"{taken} of {number} packets taken, {len(others[1].rtp)} of 150 of the other call came")
    assert taken <= 4.1 * rate_limit.PACKET_RATE
    assert len(others[1].rtp) == 150


def test_what_an_offer_names_is_never_sent_to(network: Network) -> None:
    """S9: candidates of the inside, mDNS names, ten thousand of them, long lines, line breaks, missing lines."""
    base = (OFFERS / "chromium.sdp").read_bytes().decode()
    inside = "".join(f"a=candidate:{n} 1 udp 1 10.0.{n % 250}.{n % 250} 22 typ host\r\n" for n in range(3000))
    local = "a=candidate:1 1 udp 1 4f3a7a52-1c2d-4d3e.local 9 typ host\r\n"
    offers = {
        "inside": base.replace("a=mid:0\r\n", inside + "a=mid:0\r\n", 1),
        "mdns": base.replace("a=mid:0\r\n", local + "a=mid:0\r\n", 1),
        "many": base.replace("a=mid:0\r\n", inside * 4 + "a=mid:0\r\n", 1),
        "long line": base.replace("a=mid:0\r\n", "a=x:" + "y" * 1_000_000 + "\r\na=mid:0\r\n", 1),
        "line breaks": base.replace("\r\n", "\r\r\n"),
        "bare": "\r\n".join(each for each in base.split("\r\n") if each[:2] in ("v=", "m=")),
        "nothing": "",
    }
    slowest, refused = 0.0, []
    for name, offer in offers.items():
        began = time.perf_counter()
        try:
            network.relay.open_peer(name, offer, slots=1, may_speak=True, may_show=True, now=network.now)
        except BadOffer:
            refused.append(name)
        slowest = max(slowest, time.perf_counter() - began)
    network.wait(40)
    print(f"refused {refused}; slowest {slowest * 1000:.1f} ms; {len(network.astray)} datagrams sent")
    assert network.astray == []
    assert {"many", "long line", "bare", "nothing"} <= set(refused)


def ours() -> Counter[str]:
    gc.collect()
    kinds = (Peer, Downlink, Stream, Track, Packet, dtls.Dtls)
    return Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, kinds))


def test_comings_and_goings_leave_nothing_behind(network: Network) -> None:
    """R11, short form: join, talk, leave or vanish, again and again."""

    def cycle(number: int) -> None:
        pair = [network.join(Browser(f"{name}{number}", port=20_000 + number % 20_000)) for name in "a"]
        pair.append(network.join(Browser(f"b{number}", port=45_000 + number % 20_000)))
        network.pair(pair[0], pair[1])
        network.say(pair[0], rtp(pair[0].ssrcs(1)[0], number & 0xFFFF, payload_type=96))
        if number % 3:
            for browser in pair:
                network.relay.close_peer(browser.name)
                network.pump()
        else:
            # Lost by silence: the room above closes what the relay reports as lost.
            network.wait(31)
            for browser in pair:
                network.relay.close_peer(browser.name)
        network.browsers.clear()
        network.happened.clear()
        network.astray.clear()

    for number in range(50):
        cycle(number)
    before, begun = ours(), resident()
    for number in range(50, 50 + CYCLES):
        cycle(number)
    grown = (resident() - begun) / 1e6
    print(f"{CYCLES} cycles: objects {dict(before)} then {dict(ours())}, {grown:.1f} MB more")
    assert ours() == before
    assert (network.relay._peers, network.relay._last_figures) == ({}, {})
    assert (network.relay._table.by_ufrag, network.relay._table.by_address) == ({}, {})
    assert grown < 20


def test_half_a_header_is_no_packet(network: Network, pair: Pair) -> None:
    """A replay of what could pass a careless length check: authentic, but shorter than its own header says."""
    mentor, mentee = pair
    sound = mentor.ssrcs(0)[0]
    for body in (b"\xbe\xde\xff\xff", b"\xbe\xde", b"\x10\x00\x00\x09abc"):
        packet = struct.pack("!BBHII", 0x90, 111, 7, 1, sound) + body
        # Its own libsrtp refuses to encrypt some of them.
        with suppress(pylibsrtp.Error):
            network.send(mentor, mentor.protect(packet))
    assert mentee.rtp == []
    assert "internal error" not in network.relay.counters
