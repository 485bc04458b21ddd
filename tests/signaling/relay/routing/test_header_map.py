"""How a header changes between two browsers that use different ids."""

from dataclasses import replace

from signaling.relay.routing.header_map import MAX_PATCHES, HeaderMap
from signaling.relay.rtp.headers import MID, TRANSPORT_CC, HeaderLayout
from signaling.relay.sdp.offer import MediaDescription

ABSOLUTE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
SENDER = MediaDescription(
    kind="audio",
    mid="0",
    codec=111,
    rtx=None,
    red=63,
    feedback=(),
    fec=True,
    extensions={MID: 4, TRANSPORT_CC: 3, ABSOLUTE_TIME: 2},
    one_way=frozenset(),
    ssrc=1,
    rtx_ssrc=None,
    reduced_size=True,
)
RECEIVER = replace(SENDER, codec=109, red=None, extensions={MID: 9, TRANSPORT_CC: 7, ABSOLUTE_TIME: 5})


def test_payload_types_are_mapped_with_and_without_the_marker() -> None:
    header = HeaderMap.between(SENDER, replace(RECEIVER, red=120), {MID}, rtx=False)
    mapped = {number: to for number, to in enumerate(header.second_bytes) if to}
    assert mapped == {111: 109, 0x80 | 111: 0x80 | 109, 63: 120, 0x80 | 63: 0x80 | 120}
    assert header.red_to_unwrap is None


def test_redundant_audio_is_unwrapped_where_it_is_not_accepted() -> None:
    header = HeaderMap.between(SENDER, RECEIVER, {MID}, rtx=False)
    assert (header.red_to_unwrap, header.second_bytes[63]) == (63, 109)


def test_retransmissions_map_to_retransmissions_alone() -> None:
    header = HeaderMap.between(replace(SENDER, rtx=97), replace(RECEIVER, rtx=98), {MID}, rtx=True)
    assert {number: to for number, to in enumerate(header.second_bytes) if to} == {97: 98, 0x80 | 97: 0x80 | 98}
    none = HeaderMap.between(SENDER, RECEIVER, {MID}, rtx=True)
    assert not any(none.second_bytes)


def test_extensions_are_known_by_their_uri() -> None:
    header = HeaderMap.between(SENDER, RECEIVER, {MID, TRANSPORT_CC}, rtx=False)
    assert (header.ids, header.twcc_id) == ({2: 5}, 3)


def test_patches_kept_are_bounded() -> None:
    header = HeaderMap.between(SENDER, RECEIVER, {MID}, rtx=False)
    for _ in range(3 * MAX_PATCHES):
        header.add_patches(HeaderLayout(b"\x80" + bytes(11), 12))
        assert len(header.patches) <= MAX_PATCHES


def test_without_a_sender_nothing_passes() -> None:
    assert not any(HeaderMap().second_bytes)
