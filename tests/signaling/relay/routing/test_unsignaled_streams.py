"""Streams that the offer did not announce: taken by their mid, in the place of the older, and bounded."""

from tests.signaling.relay.browser import MID, Browser, Line, rtp

Pair = tuple[Browser, Browser]


def test_a_stream_that_only_its_mid_names_is_taken(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.say(mentor, rtp(5555, 1, payload_type=96, extensions={MID: b"1"}), rtp(5555, 2, payload_type=96))
    assert [packet[2:4] for packet in mentee.rtp] == [b"\0\1", b"\0\2"]
    assert {packet[8:12] for packet in mentee.rtp} == {mentee.ssrcs(4, answer=True)[0].to_bytes(4, "big")}


def test_a_stream_takes_the_place_of_the_one_before(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    announced = mentor.ssrcs(1)[0]
    line.say(mentor, rtp(announced, 1, payload_type=96), rtp(5555, 1, payload_type=96, extensions={MID: b"1"}))
    assert 5555 in line.relay._peers["mentor"].streams
    assert announced not in line.relay._peers["mentor"].streams
    assert len(mentee.rtp) == 2


def test_a_stream_that_names_no_line_is_not_taken(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    # Of the receiving lines the browser sends nothing, and there is no tenth.
    line.say(mentor, *(rtp(5555 + int(mid), 1, payload_type=96, extensions={MID: mid}) for mid in (b"4", b"9")))
    assert mentee.rtp == []
    assert line.relay._peers["mentor"].unsignaled.rejected == {5559, 5564}
    assert line.relay.counters == {"rtp of unknown ssrc": 2}


def test_a_flood_of_ssrcs_is_bounded(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.say(mentor, *(rtp(70_000 + each, 1, payload_type=96) for each in range(100)))
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    assert len(mentee.rtp) == 1
    assert line.relay.counters == {"rtp of unknown ssrc": 100}
    assert len(line.relay._peers["mentor"].unsignaled.rejected) == 32
