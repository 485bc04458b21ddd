"""Who is seated in whose slot: connects a sender's tracks to a receiver's downlinks, with their ids and feedback."""

from collections.abc import Iterable

from signaling.relay.routing.track import Downlink, RoutedPeer, Track
from signaling.relay.rtcp.packets import remb
from signaling.relay.rtcp.transport_feedback import TransportFeedback

UNLIMITED = 1 << 27


def seat(receiver: RoutedPeer, slot: int, sender: RoutedPeer | None) -> None:
    """Forward the sender's tracks to this slot from now on; None empties it."""
    changed = {receiver} | _unseat(receiver, slot)
    if sender is not None:
        receiver.slot_senders[slot] = sender
        for track, downlinks in zip(sender.tracks, receiver.slots[slot], strict=True):
            if receiver.wants_pictures or track.media.kind == "audio":
                _connect(track, *downlinks)
        changed.add(sender)
    update_routes(changed)


def set_pictures(receiver: RoutedPeer, wanted: bool) -> None:
    """Forward cameras and screens to this receiver, or only sound."""
    receiver.wants_pictures = wanted
    senders = [(slot, sender) for slot, sender in enumerate(receiver.slot_senders) if sender is not None]
    for slot, sender in senders:
        for track, downlinks in zip(sender.tracks, receiver.slots[slot], strict=True):
            if track.media.kind != "audio":
                (_connect if wanted else _disconnect)(track, *downlinks)
        if not wanted:
            sender.receiver_estimates.pop(receiver, None)
    update_routes({receiver, *(sender for _, sender in senders)})


def remove_peer(peer: RoutedPeer) -> None:
    """Take a peer out of every slot, and empty its own."""
    changed: set[RoutedPeer] = set()
    for slot in range(len(peer.slots)):
        changed |= _unseat(peer, slot)
    for receiver in {downlink.receiver for track in peer.tracks for downlink in track.downlinks}:
        changed.add(receiver)
        for slot, sender in enumerate(receiver.slot_senders):
            if sender is peer:
                _unseat(receiver, slot)
    update_routes(changed - {peer})


def update_routes(changed: Iterable[RoutedPeer]) -> None:
    """Map the ids again on each downlink to or from these peers: who is one to one with whom may have changed."""
    downlinks = {each for peer in changed for each in peer.downlinks.values() if each.track is not None}
    downlinks |= {each for peer in changed for track in peer.tracks for each in track.downlinks + track.rtx_downlinks}
    senders = set(changed)
    for downlink in downlinks:
        if downlink.track is not None:
            senders.add(downlink.track.sender)
            downlink.set_track(downlink.track, _is_one_to_one(downlink.track.sender, downlink.receiver))
    for sender in senders:
        # The relay reports until the only receiver does (rtcp_translator.py).
        if sender.transport_feedback is None:
            sender.transport_feedback = TransportFeedback()
        for track in sender.tracks:
            track.update_cache()
        if sender.receiver_estimates and all(each.one_to_one for track in sender.tracks for each in track.downlinks):
            _lift_limit(sender)


def _lift_limit(sender: RoutedPeer) -> None:
    """Withdraw the last bitrate that a receiver named: a browser keeps to it until it gets another one."""
    sender.receiver_estimates.clear()
    ssrcs = [track.ssrc for track in sender.tracks if track.ssrc is not None]
    sender.send_rtcp(remb(sender.own_ssrc, UNLIMITED, ssrcs))


def _unseat(receiver: RoutedPeer, slot: int) -> set[RoutedPeer]:
    sender = receiver.slot_senders[slot]
    if sender is None:
        return set()
    receiver.slot_senders[slot] = None
    sender.receiver_estimates.pop(receiver, None)
    for track, downlinks in zip(sender.tracks, receiver.slots[slot], strict=True):
        _disconnect(track, *downlinks)
    return {sender}


def _connect(track: Track, downlink: Downlink, rtx: Downlink | None) -> None:
    downlink.track = track
    track.downlinks.append(downlink)
    if rtx is not None:
        rtx.track = track
        track.rtx_downlinks.append(rtx)


def _disconnect(track: Track, downlink: Downlink, rtx: Downlink | None) -> None:
    if downlink.track is None:
        return
    track.downlinks.remove(downlink)
    downlink.set_track(None, one_to_one=False)
    if rtx is not None:
        track.rtx_downlinks.remove(rtx)
        rtx.set_track(None, one_to_one=False)


def _is_one_to_one(sender: RoutedPeer, receiver: RoutedPeer) -> bool:
    # Who takes no pictures would report their packets as lost.
    if not receiver.wants_pictures:
        return False
    receivers = {downlink.receiver for track in sender.tracks for downlink in track.downlinks}
    senders = {each for each in receiver.slot_senders if each is not None}
    return receivers == {receiver} and senders == {sender}
