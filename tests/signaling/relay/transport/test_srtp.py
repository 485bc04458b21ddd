"""SRTP in place is the same SRTP that pylibsrtp makes by copying."""

import pytest
from pylibsrtp import Policy, Session

from signaling.packet import Packet
from signaling.relay.transport.aiortc_parts import PROFILES, SrtpProfile
from signaling.relay.transport.srtp import Srtp
from tests.signaling.relay.browser import rtp

REPORT = bytes.fromhex("80c90001") + (9).to_bytes(4, "big") + bytes(8)


def keys(profile: SrtpProfile) -> tuple[bytes, bytes]:
    size = profile.key + profile.salt
    return bytes(range(size)), bytes(range(100, 100 + size))


@pytest.fixture(params=sorted(PROFILES))
def profile(request: pytest.FixtureRequest) -> SrtpProfile:
    return PROFILES[request.param]


@pytest.fixture
def ours(profile: SrtpProfile) -> Srtp:
    return Srtp(profile, *keys(profile))


def theirs(profile: SrtpProfile, direction: int) -> Session:
    reading, writing = keys(profile)
    key = reading if direction == Policy.SSRC_ANY_OUTBOUND else writing
    return Session(Policy(key, direction, srtp_profile=profile.libsrtp))


def test_what_they_protect_we_read_in_place(profile: SrtpProfile, ours: Srtp) -> None:
    sender = theirs(profile, Policy.SSRC_ANY_OUTBOUND)
    media = rtp(7, 1, payload_type=96)
    packet = Packet(sender.protect(media))
    assert ours.unprotect(packet)
    assert bytes(packet) == media
    compound = Packet(sender.protect_rtcp(REPORT))
    assert ours.unprotect_rtcp(compound)
    assert bytes(compound) == REPORT


def test_what_we_protect_they_read(profile: SrtpProfile, ours: Srtp) -> None:
    receiver = theirs(profile, Policy.SSRC_ANY_INBOUND)
    for payload in (b"", b"x" * 100, b"x" * 1400):
        media = rtp(7, len(payload), payload_type=96, payload=payload)
        packet = Packet(media)
        assert ours.protect(packet)
        assert receiver.unprotect(bytes(packet)) == media
    compound = Packet(REPORT)
    assert ours.protect_rtcp(compound)
    assert receiver.unprotect_rtcp(bytes(compound)) == REPORT


def test_replayed_and_altered_packets_are_refused(profile: SrtpProfile, ours: Srtp) -> None:
    sender = theirs(profile, Policy.SSRC_ANY_OUTBOUND)
    packet = sender.protect(rtp(7, 1, payload_type=96))
    altered = packet[:-1] + bytes([packet[-1] ^ 1])
    assert not ours.unprotect(Packet(altered))
    assert ours.unprotect(Packet(packet))
    assert not ours.unprotect(Packet(packet))
    report = sender.protect_rtcp(REPORT)
    assert ours.unprotect_rtcp(Packet(report))
    assert not ours.unprotect_rtcp(Packet(report))


def test_a_number_is_never_used_twice(ours: Srtp) -> None:
    packet = rtp(7, 1, payload_type=96)
    assert ours.protect(Packet(packet))
    assert not ours.protect(Packet(packet))


def test_an_ssrc_can_be_forgotten(profile: SrtpProfile, ours: Srtp) -> None:
    packet = theirs(profile, Policy.SSRC_ANY_OUTBOUND).protect(rtp(7, 1, payload_type=96))
    assert ours.unprotect(Packet(packet))
    ours.forget(7)
    # With its replay window gone the same packet is news again.
    assert ours.unprotect(Packet(packet))
