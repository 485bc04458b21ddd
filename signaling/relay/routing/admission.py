"""Taking a browser in: from its parsed offer to a peer with tracks and lanes, and the answer that describes them."""

from collections.abc import Callable, Sequence

from signaling.relay.routing.peer import Peer
from signaling.relay.routing.track import Lane, Track
from signaling.relay.rtcp.packets import description
from signaling.relay.sdp.answer import Transport, write_answer
from signaling.relay.sdp.offer import Offer

Random = Callable[[int], bytes]


def admit(peer: Peer, offer: Offer, transport: Transport, allowed: Sequence[bool], random: Random) -> str:
    """Lay out the peer's tracks and lanes; the answer SDP. `allowed`: microphone, camera, screen."""
    peer.tracks = tuple(Track(peer, media, may) for media, may in zip(offer.media[:3], allowed, strict=True))
    for track in peer.tracks:
        if track.allowed:
            peer.streams.update((stream.ssrc, stream) for stream in track.streams())
    downlinks = offer.media[3:]
    peer.own_ssrc, *numbers = _ssrcs(1 + 2 * len(downlinks), random)
    cnames = [random(8).hex() for _ in range(len(downlinks) // 3)]
    announced: list[tuple[int, int | None]] = []
    for index, media in enumerate(downlinks):
        first, second = numbers[2 * index], numbers[2 * index + 1]
        cname = cnames[index // 3]
        lane = peer.lanes[first] = Lane(peer, media, first, description(first, cname))
        rtx = None
        if media.rtx is not None:
            rtx = peer.lanes[second] = Lane(peer, media, second, description(second, cname), lane)
        announced.append((first, None if rtx is None else second))
        if index % 3 == 0:
            peer.slots.append([])
            peer.seated.append(None)
        peer.slots[-1].append((lane, rtx))
    return write_answer(offer, transport, allowed, announced, cnames)


def _ssrcs(count: int, random: Random) -> list[int]:
    found: dict[int, None] = {}
    while len(found) < count:
        found[int.from_bytes(random(4), "big") or 1] = None
    return list(found)
