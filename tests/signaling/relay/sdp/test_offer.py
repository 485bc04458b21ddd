"""Offers as browsers make them are read; anything else gets one sentence."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay.events import BadOffer
from signaling.relay.sdp.offer import AUDIO_LEVEL, MAX_CHARACTERS, MID, TRANSPORT_CC, parse_offer
from tests.signaling.relay.browser import OFFERS

CHROMIUM = (OFFERS / "chromium.sdp").read_text()
FIREFOX = (OFFERS / "firefox.sdp").read_text()


def test_chromium() -> None:
    offer = parse_offer(CHROMIUM, 1)
    microphone, camera, screen, *slot = offer.media
    assert [each.mid for each in offer.media] == ["0", "1", "2", "3", "4", "5"]
    assert (microphone.codec, microphone.red, microphone.rtx, microphone.fec) == (111, 63, None, True)
    assert (camera.codec, camera.rtx) == (96, 97)
    assert camera.feedback == ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")
    assert microphone.feedback == ("transport-cc",)
    assert microphone.extensions[AUDIO_LEVEL] == 1
    assert (camera.extensions[TRANSPORT_CC], camera.extensions[MID]) == (3, 4)
    assert len({microphone.ssrc, camera.ssrc, camera.rtx_ssrc, screen.ssrc, screen.rtx_ssrc}) == 5
    assert [each.ssrc for each in slot] == [None, None, None]
    assert [algorithm for algorithm, _ in offer.fingerprints] == ["sha-256"]


def test_firefox() -> None:
    offer = parse_offer(FIREFOX, 1)
    microphone, camera, _, _, seen, _ = offer.media
    assert (microphone.codec, microphone.red, camera.codec, camera.rtx) == (109, None, 120, 124)
    assert camera.ssrc is not None
    assert camera.rtx_ssrc is not None
    playout = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
    # Firefox takes this extension and does not send it.
    assert playout not in camera.extensions
    assert seen.one_way == {playout}


def without(pattern: str) -> Callable[[str], str]:
    return lambda text: re.sub(rf"^{pattern}.*\r?\n", "", text, flags=re.MULTILINE)


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


BAD = {
    "nothing": lambda _: "",
    "no description": swap("v=0", "hello"),
    "too long": lambda text: text + "a=x\r\n" * MAX_CHARACTERS,
    "one long line": lambda text: text + "a=" + "x" * 3000,
    "many lines": lambda text: text + "\n" * 5000,
    "no media": lambda text: text[: text.index("m=")],
    "data channel": swap("m=video 9 UDP/TLS/RTP/SAVPF", "m=application 9 UDP/DTLS/SCTP"),
    "unprotected media": swap("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
    "refused line": swap("m=video 9 ", "m=video 0 "),
    "other direction": swap("a=recvonly", "a=sendrecv"),
    "no mux": without("a=rtcp-mux"),
    "no bundle": without("a=group"),
    "no mid": without("a=mid:1"),
    "a mid to break lines": swap("a=mid:1", "a=mid:1\v2"),
    "the same mid twice": swap("a=mid:1", "a=mid:0"),
    "no opus": swap("opus/48000/2", "speex/8000"),
    "no VP8": swap("VP8/90000", "VP7/90000"),
    "no ufrag": without("a=ice-ufrag"),
    "passive": swap("a=setup:actpass", "a=setup:passive"),
    "no fingerprint": without("a=fingerprint"),
    "half a fingerprint": swap("a=fingerprint:sha-256 7E:", "a=fingerprint:sha-256 7E"),
    "many fingerprints": swap(
        "a=setup:actpass", ("a=fingerprint:sha-1 " + "AA:" * 19 + "AA\r\n") * 9 + "a=setup:actpass"
    ),
    "ssrc no number": lambda text: re.sub(r"a=ssrc-group:FID (\d+)", "a=ssrc-group:FID x", text),
    "ssrc too big": lambda text: re.sub(r"a=ssrc-group:FID (\d+)", "a=ssrc-group:FID 4294967296", text),
    "ssrc twice": lambda text: re.sub(r"a=ssrc-group:FID (\d+)", "a=ssrc-group:FID 5", text),
    "extension id twice": swap("a=extmap:3 ", "a=extmap:4 "),
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD.keys())
def test_a_bad_offer_gets_a_sentence(spoil: Callable[[str], str]) -> None:
    with pytest.raises(BadOffer, match=r"^[A-Z].*\.$"):
        parse_offer(spoil(CHROMIUM), 1)


def test_the_number_of_slots_counts() -> None:
    with pytest.raises(BadOffer, match="12 media lines, not 6"):
        parse_offer(CHROMIUM, 3)


def test_candidates_are_never_looked_at() -> None:
    inside = "a=candidate:1 1 udp 1 10.0.0.1 22 typ host\r\n" * 500
    assert parse_offer(CHROMIUM.replace("a=mid:0\r\n", inside + "a=mid:0\r\n"), 1) == parse_offer(CHROMIUM, 1)


@given(st.integers(0, len(FIREFOX) - 1), st.integers(0, 60), st.text(max_size=12))
def test_a_spoiled_offer_is_read_or_refused(at: int, length: int, put: str) -> None:
    try:
        parse_offer(FIREFOX[:at] + put + FIREFOX[at + length :], 1)
    except BadOffer:
        return
