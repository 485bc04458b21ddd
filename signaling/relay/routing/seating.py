"""Who sits in whose slot: wiring a sender's tracks to a receiver's lanes, and what follows for ids and feedback."""

from collections.abc import Iterable

from signaling.relay.routing.track import Leg
from signaling.relay.rtcp.packets import receiver_estimate
from signaling.relay.rtcp.transport_feedback import Arrivals

UNLIMITED = 1 << 27


def seat(receiver: Leg, slot: int, sender: Leg | None) -> None:
    """Let the sender's tracks feed this slot from now on; None empties it."""
    touched = {receiver} | _unseat(receiver, slot)
    if sender is not None:
        receiver.seated[slot] = sender
        for track, (lane, rtx) in zip(sender.tracks, receiver.slots[slot], strict=True):
            lane.track = track
            track.lanes.append(lane)
            if rtx is not None:
                rtx.track = track
                track.rtx_lanes.append(rtx)
        touched.add(sender)
    rewire(touched)


def leave(peer: Leg) -> None:
    """Take a peer out of every slot, and empty its own."""
    touched: set[Leg] = set()
    for slot in range(len(peer.slots)):
        touched |= _unseat(peer, slot)
    for receiver in {lane.receiver for track in peer.tracks for lane in track.lanes}:
        touched.add(receiver)
        for slot, sender in enumerate(receiver.seated):
            if sender is peer:
                _unseat(receiver, slot)
    rewire(touched - {peer})


def rewire(touched: Iterable[Leg]) -> None:
    """Map ids anew on every lane to or from these peers: who is alone with whom may have changed."""
    lanes = {lane for peer in touched for lane in peer.lanes.values() if lane.track is not None}
    lanes |= {lane for peer in touched for track in peer.tracks for lane in track.lanes + track.rtx_lanes}
    senders = set(touched)
    for lane in lanes:
        if lane.track is not None:
            senders.add(lane.track.owner)
            lane.feed(lane.track, _alone(lane.track.owner, lane.receiver))
    for sender in senders:
        # Until a receiver who is alone with the sender reports (crossing.py), the relay does.
        if sender.arrivals is None:
            sender.arrivals = Arrivals()
        for track in sender.tracks:
            track.remember()
        if sender.limits and all(lane.alone for track in sender.tracks for lane in track.lanes):
            _set_free(sender)


def _set_free(sender: Leg) -> None:
    """Take back the last bitrate that a receiver named: a browser holds to it until it hears another."""
    sender.limits.clear()
    ssrcs = [track.ssrc for track in sender.tracks if track.ssrc is not None]
    sender.send_rtcp(receiver_estimate(sender.own_ssrc, UNLIMITED, ssrcs))


def _unseat(receiver: Leg, slot: int) -> set[Leg]:
    sender = receiver.seated[slot]
    if sender is None:
        return set()
    receiver.seated[slot] = None
    sender.limits.pop(receiver, None)
    for track, (lane, rtx) in zip(sender.tracks, receiver.slots[slot], strict=True):
        track.lanes.remove(lane)
        lane.feed(None, alone=False)
        if rtx is not None:
            track.rtx_lanes.remove(rtx)
            rtx.feed(None, alone=False)
    return {sender}


def _alone(sender: Leg, receiver: Leg) -> bool:
    receivers = {lane.receiver for track in sender.tracks for lane in track.lanes}
    senders = {each for each in receiver.seated if each is not None}
    return receivers == {receiver} and senders == {sender}
