"""Setting up a peer: its tracks and downlinks by the parsed offer, and the answer that describes them."""

from collections.abc import Callable, Sequence

from signaling.relay.routing.peer import Peer
from signaling.relay.routing.track import Downlink, Track
from signaling.relay.rtcp.packets import sdes
from signaling.relay.sdp.answer import TransportDescription, write_answer
from signaling.relay.sdp.offer import SessionDescription

Random = Callable[[int], bytes]


def admit(
    peer: Peer, offer: SessionDescription, transport: TransportDescription, allowed: Sequence[bool], random: Random
) -> str:
    """Create the peer's tracks and downlinks; returns the answer SDP. `allowed`: microphone, camera, screen."""
    peer.tracks = tuple(Track(peer, media, may) for media, may in zip(offer.media[:3], allowed, strict=True))
    for track in peer.tracks:
        if track.allowed:
            peer.streams.update((stream.ssrc, stream) for stream in track.streams())
    receiving = offer.media[3:]
    peer.own_ssrc, *ssrcs = _draw_ssrcs(1 + 2 * len(receiving), random)
    cnames = [random(8).hex() for _ in range(len(receiving) // 3)]
    announced: list[tuple[int, int | None]] = []
    for index, media in enumerate(receiving):
        first, second = ssrcs[2 * index], ssrcs[2 * index + 1]
        cname = cnames[index // 3]
        downlink = peer.downlinks[first] = Downlink(peer, media, first, sdes(first, cname))
        rtx = None
        if media.rtx is not None:
            rtx = peer.downlinks[second] = Downlink(peer, media, second, sdes(second, cname), downlink)
        announced.append((first, None if rtx is None else second))
        if index % 3 == 0:
            peer.slots.append([])
            peer.slot_senders.append(None)
        peer.slots[-1].append((downlink, rtx))
    return write_answer(offer, transport, allowed, announced, cnames)


def _draw_ssrcs(count: int, random: Random) -> list[int]:
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        drawn[int.from_bytes(random(4), "big") or 1] = None
    return list(drawn)
