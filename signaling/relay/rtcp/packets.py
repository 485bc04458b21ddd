"""RTCP packets: splitting compound packets, and writing those that the relay itself sends."""

from collections.abc import Iterator, Sequence
from struct import Struct

SENDER_REPORT, RECEIVER_REPORT, SDES, RTP_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 202, 205, 206
NACK, PLI, FIR, APPLICATION = 1, 1, 4, 15
REPORT_BLOCK = 24

_WORD = Struct("!I")
_HALF = Struct("!H")
_HALVES = Struct("!HH")
_HEAD = Struct("!BBHI")

Block = tuple[int, int, int, int]


def split_compound(packet: bytes | bytearray, length: int) -> Iterator[Block]:
    """The packets of a compound packet as (type, count, start, end), without whole words of padding; stops where it is
    malformed. Transport-wide feedback may end in a word that is partly padding: that word is kept."""
    at = 0
    while at + 8 <= length and packet[at] >> 6 == 2:
        end = at + 4 + 4 * _HALF.unpack_from(packet, at + 2)[0]
        if end > length:
            return
        stop = end - packet[end - 1] if packet[at] & 0x20 and packet[end - 1] % 4 == 0 else end
        if stop >= at + 8:
            yield packet[at + 1], packet[at] & 0x1F, at, stop
        at = end


def pli(ours: int, ssrc: int) -> bytes:
    """A PLI (RFC 4585 section 6.3.1) about a sender's SSRC."""
    return _HEAD.pack(0x80 | PLI, PAYLOAD_FEEDBACK, 2, ours) + _WORD.pack(ssrc)


def remb(ours: int, rate: int, ssrcs: Sequence[int]) -> bytes:
    """A REMB (draft-alvestrand-rmcat-remb-03) of `rate` bit/s."""
    exponent = max(0, rate.bit_length() - 18)
    number = exponent << 18 | rate >> exponent
    head = _HEAD.pack(0x80 | APPLICATION, PAYLOAD_FEEDBACK, 4 + len(ssrcs), ours) + bytes(4) + b"REMB"
    return head + bytes([len(ssrcs)]) + number.to_bytes(3, "big") + b"".join(map(_WORD.pack, ssrcs))


def receiver_report(ours: int, reports: bytes | bytearray) -> bytes:
    """A receiver report (RFC 3550 section 6.4.2) with at most 31 report blocks."""
    count = len(reports) // REPORT_BLOCK
    return _HEAD.pack(0x80 | count, RECEIVER_REPORT, 1 + 6 * count, ours) + reports


def nack(ours: int, ssrc: int, numbers: Sequence[int]) -> bytes:
    """A NACK (RFC 4585 section 6.2.1) that requests at least one of a sender's packets."""
    pairs: list[tuple[int, int]] = []
    for number in numbers:
        ahead = (number - pairs[-1][0] - 1) & 0xFFFF if pairs else 16
        if ahead < 16:
            pairs[-1] = pairs[-1][0], pairs[-1][1] | 1 << ahead
        else:
            pairs.append((number, 0))
    body = b"".join(_HALVES.pack(*original) for original in pairs)
    return _HEAD.pack(0x80 | NACK, RTP_FEEDBACK, 2 + len(pairs), ours) + _WORD.pack(ssrc) + body


def nack_numbers(block: bytes | bytearray) -> Iterator[int]:
    """The sequence numbers that a NACK (RFC 4585 section 6.2.1) requests."""
    for at in range(12, len(block) - 3, 4):
        first, more = _HALVES.unpack_from(block, at)
        yield first
        for bit in range(16):
            if more >> bit & 1:
                yield (first + bit + 1) & 0xFFFF


def sdes(ssrc: int, cname: str) -> bytes:
    """An SDES packet with one CNAME (RFC 3550 section 6.5)."""
    chunk = _WORD.pack(ssrc) + bytes([1, len(cname)]) + cname.encode() + b"\0"
    chunk += bytes(-len(chunk) % 4)
    return bytes([0x81, SDES]) + _HALF.pack(len(chunk) // 4) + chunk
