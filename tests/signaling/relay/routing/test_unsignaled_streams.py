"""Streams that the offer did not announce: identified by mid, they replace the older one, and are bounded."""

from tests.signaling.relay.browser import MID, Browser, Network, rtp

Pair = tuple[Browser, Browser]


def test_a_stream_is_identified_by_its_mid(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, rtp(5555, 1, payload_type=96, extensions={MID: b"1"}), rtp(5555, 2, payload_type=96))
    assert [packet[2:4] for packet in mentee.rtp] == [b"\0\1", b"\0\2"]
    assert {packet[8:12] for packet in mentee.rtp} == {mentee.ssrcs(4, answer=True)[0].to_bytes(4, "big")}


def test_a_stream_replaces_the_one_before(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    announced = mentor.ssrcs(1)[0]
    network.say(mentor, rtp(announced, 1, payload_type=96), rtp(5555, 1, payload_type=96, extensions={MID: b"1"}))
    assert 5555 in network.relay._peers["mentor"].streams
    assert announced not in network.relay._peers["mentor"].streams
    assert len(mentee.rtp) == 2


def test_a_stream_that_names_no_media_line_is_rejected(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    # Of the receiving lines the browser sends nothing, and there is no tenth.
    network.say(mentor, *(rtp(5555 + int(mid), 1, payload_type=96, extensions={MID: mid}) for mid in (b"4", b"9")))
    assert mentee.rtp == []
    assert network.relay._peers["mentor"].unsignaled.rejected == {5559, 5564}
    assert network.relay.counters == {"rtp of unknown ssrc": 2}


def test_a_flood_of_ssrcs_is_bounded(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, *(rtp(70_000 + each, 1, payload_type=96) for each in range(100)))
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentee.rtp) == 1
    assert network.relay.counters == {"rtp of unknown ssrc": 100}
    assert len(network.relay._peers["mentor"].unsignaled.rejected) == 32
