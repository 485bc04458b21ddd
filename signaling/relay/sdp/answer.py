"""Writing the answer to an offer: ICE-lite, passive DTLS, every candidate, the slots' fixed SSRCs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signaling.relay.sdp.offer import MediaDescription, SessionDescription

VIDEO_UPLINKS = (1, 2)
# Without this Chromium begins with a small picture of 300 kbit/s, which takes seconds to grow.
# static/js/call/bandwidth.js continues from here.
START_KBITS = 1000
_SLOT_PARTS = ("audio", "camera", "screen")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host candidate that the answer announces (component 1). `transport` is udp or tcp (passive)."""

    transport: str
    ip: str
    port: int


@dataclass(frozen=True, slots=True)
class TransportDescription:
    """What all media lines of the answer have in common."""

    ufrag: str
    password: str
    fingerprint: str
    candidates: Sequence[Candidate]


def write_answer(
    offer: SessionDescription,
    transport: TransportDescription,
    accepted: Sequence[bool],
    ssrcs: Sequence[tuple[int, int | None]],
    cnames: Sequence[str],
) -> str:
    """The answer. `accepted`: whether each of the three uplinks may send. `ssrcs`: the SSRCs of media and
    retransmissions of each downlink line, in the order of the offer. `cnames`: one name for each slot."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append("a=group:BUNDLE " + " ".join(each.mid for each in offer.media))
    lines += ["a=ice-lite", "a=msid-semantic: WMS *"]
    for index, media in enumerate(offer.media):
        lines += _common_lines(media, transport, START_KBITS if index in VIDEO_UPLINKS else None)
        lines += _extensions(media, "recvonly" if index < 3 else "sendonly")
        if index < 3:
            lines.append("a=recvonly" if accepted[index] else "a=inactive")
        else:
            slot, part = divmod(index - 3, 3)
            lines += _downlink(slot, part, ssrcs[index - 3], cnames[slot])
        if index == 0:
            lines += _candidates(transport.candidates)
    return "\r\n".join(lines) + "\r\n"


def _common_lines(media: MediaDescription, transport: TransportDescription, start: int | None) -> Iterator[str]:
    # A browser sends the first one that it can.
    formats = " ".join(str(each) for each in (media.red, media.codec, media.rtx) if each is not None)
    yield f"m={media.kind} 9 UDP/TLS/RTP/SAVPF {formats}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{media.mid}"
    yield f"a=ice-ufrag:{transport.ufrag}"
    yield f"a=ice-pwd:{transport.password}"
    yield f"a=fingerprint:{transport.fingerprint}"
    yield "a=setup:passive"
    yield "a=rtcp-mux"
    if media.reduced_size:
        yield "a=rtcp-rsize"
    yield from _codec(media, start)


def _extensions(media: MediaDescription, direction: str) -> Iterator[str]:
    for uri, number in media.extensions.items():
        way = f"/{direction}" if uri in media.one_way else ""
        yield f"a=extmap:{number}{way} {uri}"


def _codec(media: MediaDescription, start: int | None) -> Iterator[str]:
    yield f"a=rtpmap:{media.codec} " + ("opus/48000/2" if media.kind == "audio" else "VP8/90000")
    for each in media.feedback:
        yield f"a=rtcp-fb:{media.codec} {each}"
    if media.kind == "audio":
        yield f"a=fmtp:{media.codec} minptime=10" + (";useinbandfec=1" if media.fec else "")
    if start is not None:
        yield f"a=fmtp:{media.codec} x-google-start-bitrate={start}"
    if media.red is not None:
        yield f"a=rtpmap:{media.red} red/48000/2"
        yield f"a=fmtp:{media.red} {media.codec}/{media.codec}"
    if media.rtx is not None:
        yield f"a=rtpmap:{media.rtx} rtx/90000"
        yield f"a=fmtp:{media.rtx} apt={media.codec}"


def _downlink(slot: int, part: int, ssrcs: tuple[int, int | None], cname: str) -> Iterator[str]:
    # A browser synchronizes the tracks of one stream; the screen is a stream of its own.
    stream = f"slot{slot}-screen" if part == 2 else f"slot{slot}"
    msid = f"{stream} slot{slot}-{_SLOT_PARTS[part]}-track"
    yield "a=sendonly"
    yield f"a=msid:{msid}"
    media, rtx = ssrcs
    if rtx is not None:
        yield f"a=ssrc-group:FID {media} {rtx}"
    for ssrc in (media,) if rtx is None else (media, rtx):
        yield f"a=ssrc:{ssrc} cname:{cname}"
        yield f"a=ssrc:{ssrc} msid:{msid}"


def _candidates(candidates: Sequence[Candidate]) -> Iterator[str]:
    for index, each in enumerate(candidates):
        udp = each.transport == "udp"
        kind, local = (126, 65535) if udp else (90, (4 << 13) + 8191)
        priority = kind << 24 | (local - index) << 8 | 255
        tail = "" if udp else " tcptype passive"
        yield f"a=candidate:{index + 1} 1 {each.transport} {priority} {each.ip} {each.port} typ host{tail}"
    yield "a=end-of-candidates"
