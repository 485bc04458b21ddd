"""Mutated datagrams, offers and messages from a seeded fuzzer (S4): nothing raises, nothing leaks, the call goes on.

FIRESIDE_FAULTS=long sends ten million datagrams, else one million; a person in the call a tenth of that.
"""

import logging
import os
import random
from collections.abc import Callable
from contextlib import suppress

import pylibsrtp
import pytest
from aioice import stun as wire

from signaling.codec import MalformedMessage
from signaling.packet import Packet
from signaling.protocol import control, messages
from signaling.relay.events import BadOffer
from signaling.relay.sdp.offer import parse_offer
from signaling.relay.transport import stun
from tests.hostile.strangers import STRANGER, carries, client_hello, resident, snapshot
from tests.logs import own_records
from tests.signaling.relay.browser import LEVEL, MID, OFFERS, TWCC, Browser, Network, rtp

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
DATAGRAMS = 10_000_000 if LONG else 1_000_000
TEXTS = 100_000 if LONG else 10_000
SEED = 20261123
# Bytes that mean something somewhere: versions, types, counts, lengths.
SPICE = bytes(
    [0, 1, 0x10, 0x14, 0x15, 0x16, 0x17, 0x40, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0xBE, 0xC8, 0xCD, 0xCE, 0xDE, 0xFF]
)
Pair = tuple[Browser, Browser]


def mutate(dice: random.Random, original: bytes) -> bytes:
    """One to six small accidents: bits flipped, bytes replaced, cut, doubled, lengthened."""
    data = bytearray(original)
    for _ in range(dice.randint(1, 6)):
        what, at = dice.randrange(6), dice.randrange(len(data) or 1)
        if what == 0 and data:
            data[at] ^= 1 << dice.randrange(8)
        elif what == 1 and data:
            data[at] = dice.choice(SPICE)
        elif what == 2:
            del data[at:]
        elif what == 3:
            data[at:at] = data[at : at + dice.randint(1, 40)]
        elif what == 4:
            data += dice.randbytes(dice.randint(1, 60))
        elif data:
            data[at : at + 2] = dice.choice((b"\0\0", b"\xff\xff", b"\0\1", b"\x7f\xff"))
    return bytes(data[:2048])


def plain_media(browser: Browser) -> list[bytes]:
    """RTP and RTCP as this browser could say it, with every part that the relay reads."""
    sound, picture, repair = browser.ssrcs(0)[0], *browser.ssrcs(1)
    slot = browser.ssrcs(4, answer=True)[0].to_bytes(4, "big")
    named = {MID: b"1", TWCC: b"\0\7", LEVEL: b"\x05"}
    return [
        rtp(sound, 1, payload_type=111, extensions={LEVEL: b"\x05"}),
        rtp(sound, 2, payload_type=63, payload=b"\xef\0\0\x03\x6foldnew"),
        rtp(picture, 3, payload_type=96, extensions=named, marker=True),
        rtp(repair, 4, payload_type=97, payload=b"\0\3again"),
        rtp(77, 5, payload_type=96, extensions=named),
        b"\x81\xc8\0\x0c" + picture.to_bytes(4, "big") + bytes(20) + slot + bytes(20),
        b"\x81\xc9\0\7\0\0\0\1" + slot + bytes(20),
        b"\x81\xcd\0\3\0\0\0\1" + slot + b"\0\3\0\x0f",
        b"\x8f\xcd\0\5\0\0\0\1" + slot + bytes.fromhex("000000010000010020010100"),
        b"\x81\xce\0\2\0\0\0\1" + slot,
        b"\x84\xce\0\4\0\0\0\1" + bytes(4) + slot + bytes(4),
        b"\x8f\xce\0\5\0\0\0\1" + bytes(4) + b"REMB\1\x0a\x12\x34" + slot,
    ]


@pytest.mark.timeout(900)
def test_mutated_datagrams_of_strangers_change_nothing(
    network: Network, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    mentor, mentee = pair
    dice = random.Random(SEED)
    check = mentor.check()
    seeds = [check, client_hello(), *map(mentor.protect, plain_media(mentor))]
    # An authentic one of these proves the stranger's address, as it must: only its mutations are sent.
    authentic = {check}
    sources = [STRANGER, mentor.address]
    before, begun = snapshot(network)[:2], resident()
    answered = 0
    for _ in range(DATAGRAMS):
        datagram = mutate(dice, dice.choice(seeds))
        if datagram in authentic:
            continue
        source = dice.choice(sources)
        network.relay.receive(Packet(datagram), source, network.now)
        answers = sum(len(sent) for sent, address in network.relay.outgoing() if address == STRANGER)
        assert answers <= len(datagram)
        answered += answers
        assert not network.relay.counters["internal error"], (source, datagram.hex())
    grown = resident() - begun
    print(
        f"seed {SEED}: {DATAGRAMS} datagrams, {answered} bytes answered, {grown / 1e6:.1f} MB more,",
        network.relay.counters,
    )
    assert answered == 0
    assert snapshot(network)[:2] == before
    assert own_records(caplog) == []
    assert grown < 20_000_000
    network.pump()
    assert carries(network, mentor, mentee, 999)


@pytest.mark.timeout(900)
def test_mutated_media_of_a_person_in_the_call_harms_nobody_else(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    dice, begun = random.Random(SEED + 1), resident()
    others = [network.join(Browser(name, port=41_000 + at)) for at, name in enumerate("cd")]
    network.pair(*others)
    seeds = plain_media(mentor)
    for number in range(DATAGRAMS // 10):
        network.now += 0.001
        packet = bytearray(mutate(dice, dice.choice(seeds))[:1200])
        if len(packet) < 12:
            continue
        packet[0] = 0x80 | packet[0] & 0x3F
        if not 192 <= packet[1] < 224:
            # A number that was not used before, or libsrtp would refuse to encrypt it.
            packet[2:4] = (number & 0xFFFF).to_bytes(2, "big")
        # The hostile browser's own libsrtp may find it too strange to encrypt.
        with suppress(pylibsrtp.Error, ValueError):
            network.relay.receive(Packet(mentor.protect(bytes(packet))), mentor.address, network.now)
        network.relay.outgoing()
        assert not network.relay.counters["internal error"], packet.hex()
    sent = network.relay.figures("mentor").packets_in
    print(f"seed {SEED + 1}: {sent} packets taken, {(resident() - begun) / 1e6:.1f} MB more, {network.relay.counters}")
    assert sent > DATAGRAMS // 50
    assert resident() - begun < 40_000_000
    peer = network.relay._peers["mentor"]
    assert len(peer.unsignaled.rejected) <= 32
    assert len(peer._reporters) <= 64
    assert carries(network, *others, 7)


def test_mutated_offers_are_read_or_refused() -> None:
    dice = random.Random(SEED + 2)
    texts = [(OFFERS / f"{kind}.sdp").read_text() for kind in ("chromium", "firefox")]
    refused = 0
    for _ in range(TEXTS // 10):
        text = dice.choice(texts)
        lines = text.split("\n")
        for _ in range(dice.randint(1, 5)):
            at = dice.randrange(len(lines))
            what = dice.randrange(4)
            if what == 0:
                del lines[at]
            elif what == 1:
                lines.insert(at, dice.choice(lines))
            elif what == 2:
                lines[at] = mutate(dice, lines[at].encode()).decode(errors="replace")
            else:
                lines[at] = lines[at].replace(
                    dice.choice("0123456789:"), dice.choice(("", "9" * 30, "\0", "-1", "é")), 1
                )
        try:
            parse_offer("\n".join(lines), 1)
        except BadOffer:
            refused += 1
    print(f"{refused} of {TEXTS // 10} offers refused")
    assert refused


@pytest.mark.parametrize(
    ("parse", "samples", "errors"),
    [
        pytest.param(
            lambda data: messages.parse(data.decode(errors="replace")),
            [messages.encode(each).encode() for each in (messages.Hello(1), messages.Enter("v=0", True, False))],
            (messages.Refusal,),
            id="browser",
        ),
        pytest.param(
            control.parse_hub,
            [
                control.encode(each)
                for each in (control.Greet(2), control.Remove("1", "2", "over"), control.Closed("s", 0.5))
            ],
            (MalformedMessage, ValueError),
            id="hub",
        ),
        pytest.param(
            control.parse_relay,
            [control.encode(each) for each in (control.Heartbeat(1, 2), control.Close("s", 4000))],
            (MalformedMessage, ValueError),
            id="relay",
        ),
    ],
)
def test_mutated_messages_are_read_or_refused(
    parse: Callable[[bytes], object], samples: list[bytes], errors: tuple[type[Exception], ...]
) -> None:
    dice, refused = random.Random(SEED + 3), 0
    for _ in range(TEXTS):
        try:
            parse(mutate(dice, dice.choice(samples)))
        except errors:
            refused += 1
    print(f"{refused} of {TEXTS} refused")
    assert refused


def test_the_fuzzer_finds_a_missing_guard(
    network: Network, pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The tests above can fail: without the guard on malformed checks, aioice's errors come out."""

    def unguarded(datagram: bytes) -> wire.Message | None:
        return wire.parse_message(bytes(datagram)) if len(datagram) >= 20 else None

    monkeypatch.setattr(stun, "parse_request", unguarded)
    caplog.set_level(logging.CRITICAL, "signaling.relay.relay")
    dice, check = random.Random(SEED), pair[0].check()
    for _ in range(2000):
        network.relay.receive(Packet(mutate(dice, check)), STRANGER, network.now)
    assert network.relay.counters["internal error"]
