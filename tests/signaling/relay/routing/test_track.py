"""Downlinks: retransmissions name the numbers that their receiver knows, and nothing unmapped passes."""

import struct

from tests.signaling.relay.browser import Browser, Network, rtp

Pair = tuple[Browser, Browser]


def original(packet: bytes) -> int:
    number: int = struct.unpack_from("!H", packet, 12)[0]
    return number


def test_retransmissions_pass(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    media, rtx = mentor.ssrcs(1)
    network.say(mentor, rtp(media, 900, payload_type=96), rtp(rtx, 5, payload_type=97, payload=b"\3\x84again"))
    assert mentee.rtp[1] == rtp(mentee.ssrcs(4, answer=True)[1], 5, payload_type=97, payload=b"\3\x84again")


def test_after_a_change_of_sender_numbers_go_on(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    media = mentor.ssrcs(1)[0]
    network.say(mentor, rtp(media, 900, payload_type=96, stamp=1000))
    again = network.join(Browser("mentor again", port=40003))
    network.relay.seat("mentee", 0, "mentor again")
    network.now += 2
    media, rtx = again.ssrcs(1)
    network.say(
        again,
        rtp(media, 30, payload_type=96, stamp=77),
        rtp(rtx, 5, payload_type=97, stamp=77, payload=b"\0\x1eagain"),
        rtp(rtx, 6, payload_type=97, stamp=77, payload=b""),
    )
    assert [struct.unpack_from("!HI", packet, 2) for packet in mentee.rtp[:2]] == [(900, 1000), (901, 181_000)]
    assert struct.unpack_from("!I", mentee.rtp[2], 4)[0] == 181_000
    assert original(mentee.rtp[2]) == 901
    assert len(mentee.rtp) == 4


def test_padding_that_carries_no_original_passes_unpatched(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, rtp(mentor.ssrcs(1)[0], 900, payload_type=96))
    again = network.join(Browser("mentor again", port=40003))
    network.relay.seat("mentee", 0, "mentor again")
    media, rtx = again.ssrcs(1)
    padding = bytearray(rtp(rtx, 6, payload_type=97, payload=bytes(7) + b"\x08"))
    padding[0] |= 0x20
    network.say(again, rtp(media, 30, payload_type=96), bytes(padding))
    assert mentee.rtp[-1][12:] == bytes(7) + b"\x08"


def test_a_payload_type_that_was_not_negotiated_is_dropped(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=13), rtp(mentor.ssrcs(1)[0], 1, payload_type=97))
    assert mentee.rtp == []
    assert network.relay.counters == {"rtp not taken": 2}


def test_new_ssrcs_of_a_track_are_bounded(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    for ssrc in range(1, 40):
        network.say(mentor, rtp(ssrc, ssrc, payload_type=96, extensions={4: b"1"}))
    assert len(mentee.rtp) == 16
    numbers = [struct.unpack_from("!H", packet, 2)[0] for packet in mentee.rtp]
    assert numbers == list(range(1, 17))


def redundant(*blocks: bytes) -> bytes:
    """RFC 2198: all but the last are older."""
    structure = b"".join(bytes([0x80 | 111]) + (960 << 10 | len(block)).to_bytes(3, "big") for block in blocks[:-1])
    return structure + bytes([111]) + b"".join(blocks)


def test_redundant_audio_passes_if_accepted_and_is_unwrapped_otherwise(network: Network) -> None:
    mentor, mentee = network.join(Browser("mentor", port=40001)), network.join(Browser("mentee", "firefox", port=40002))
    network.pair(mentor, mentee)
    other = network.join(Browser("other", port=40003))
    network.relay.seat("other", 0, "mentor")
    voice, payload = mentor.ssrcs(0)[0], redundant(b"the one before", b"newest")
    network.say(
        mentor, rtp(voice, 1, payload_type=63, payload=payload), rtp(voice, 2, payload_type=111, payload=b"bare")
    )
    assert [(packet[1], packet[12:]) for packet in mentee.rtp] == [(109, b"newest"), (109, b"bare")]
    assert [(packet[1], packet[12:]) for packet in other.rtp] == [(63, payload), (111, b"bare")]
