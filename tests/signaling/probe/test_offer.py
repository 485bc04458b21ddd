import os

import pytest

from signaling.probe.offer import OPUS, BadAnswer, read_answer, write_offer
from signaling.relay.relay import Candidate, Relay
from signaling.relay.sdp.offer import parse_offer
from signaling.relay.transport.aiortc_parts import Certificate

FINGERPRINT = Certificate().fingerprint()
OFFER = write_offer("abcd", "p" * 24, FINGERPRINT, 4711)


def test_the_relay_takes_the_offer() -> None:
    parsed = parse_offer(OFFER, 1)
    assert (parsed.media[0].codec, parsed.media[0].ssrc) == (OPUS, 4711)
    assert [media.kind for media in parsed.media] == ["audio", "video", "video"] * 2


def test_the_relays_answer_is_read() -> None:
    relay = Relay([Candidate("udp", "203.0.113.5", 8444), Candidate("tcp", "2001:db8::5", 8445)])
    text = relay.open_peer("peer", OFFER, slots=1, may_speak=True, may_show=True, now=0.0)
    answer = read_answer(text)
    assert answer.candidates == (Candidate("udp", "203.0.113.5", 8444), Candidate("tcp", "2001:db8::5", 8445))
    assert f"a=ice-ufrag:{answer.ufrag}\r\n" in text
    assert f"a=ice-pwd:{answer.password}\r\n" in text
    assert answer.fingerprint[0] == "sha-256"
    assert f"a=fingerprint:sha-256 {answer.fingerprint[1]}\r\n" in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        os.urandom(200).decode("latin-1"),
        "a=ice-ufrag:a\r\na=ice-pwd:b\r\n",
        "a=ice-ufrag:a\r\na=ice-pwd:b\r\na=fingerprint:sha-256 AA\r\na=candidate:1 1 udp 1 relay.local 9 typ host\r\n",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadAnswer):
        read_answer(text)
