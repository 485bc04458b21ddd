"""RFC 4571 frames, cut and joined as a stream may."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sockets.frames import MAX_FRAME, FrameDecoder, FrameTooLong, header

DATAGRAMS = (b"check", b"\x80" * 1200, b"x", b"\0\0", bytes(MAX_FRAME))


def framed(datagrams: Iterable[bytes]) -> bytes:
    return b"".join(header(len(each)) + each for each in datagrams)


def test_a_stream_cut_at_any_byte_gives_the_same_frames() -> None:
    stream = framed(DATAGRAMS)
    for cut in range(len(stream) + 1):
        frames = FrameDecoder()
        assert frames.feed(stream[:cut]) + frames.feed(stream[cut:]) == list(DATAGRAMS)


def test_a_stream_in_single_bytes_gives_the_same_frames() -> None:
    frames = FrameDecoder()
    assert [frame for byte in framed(DATAGRAMS) for frame in frames.feed(bytes([byte]))] == list(DATAGRAMS)


@given(st.lists(st.binary(min_size=1, max_size=40)), st.lists(st.integers(1, 60), max_size=30))
def test_any_cuts_give_the_same_frames(datagrams: list[bytes], cuts: list[int]) -> None:
    frames, stream, found = FrameDecoder(), framed(datagrams), []
    for cut in [*cuts, len(stream)]:
        found += frames.feed(stream[:cut])
        stream = stream[cut:]
    assert found == datagrams


def test_empty_frames_are_left_out() -> None:
    assert FrameDecoder().feed(b"\0\0" + framed([b"a"]) + b"\0\0") == [b"a"]


@given(st.binary(max_size=400))
def test_rubbish_holds_no_more_than_one_frame(rubbish: bytes) -> None:
    frames = FrameDecoder()
    try:
        for _ in range(20):
            frames.feed(rubbish)
    except FrameTooLong:
        return
    assert len(frames._rest) <= MAX_FRAME + 2


def test_a_length_that_no_browser_sends_is_refused_before_it_is_there() -> None:
    with pytest.raises(FrameTooLong):
        FrameDecoder().feed((MAX_FRAME + 1).to_bytes(2, "big"))
