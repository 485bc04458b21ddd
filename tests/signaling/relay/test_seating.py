"""Seats: who feeds whom, and who reports on whom."""

from tests.signaling.relay.browser import TWCC, Browser, Line, rtp

Pair = tuple[Browser, Browser]


def sources(line: Line, name: str) -> list[str | None]:
    return [sender.name if sender else None for sender in line.relay._peers[name].seated]


def test_a_closed_peer_leaves_every_slot(line: Line, pair: Pair) -> None:
    line.relay.close_peer("mentor")
    assert sources(line, "mentee") == [None]
    assert all(lane.track is None for lane in line.relay._peers["mentee"].lanes.values())


def test_a_seat_that_is_set_again_is_no_change(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    line.wait(1.0)
    mentor.rtcp.clear()
    line.relay.seat("mentee", 0, "mentor")
    line.pump()
    assert mentor.rtcp == []
    assert len(line.relay._peers["mentor"].tracks[0].lanes) == 1


def test_strangers_are_no_error(line: Line, pair: Pair) -> None:
    line.relay.seat("nobody", 0, "mentor")
    line.relay.seat("mentee", 0, "nobody")
    assert sources(line, "mentee") == [None]


def feedback(line: Line, browser: Browser) -> list[bytes]:
    browser.rtcp.clear()
    media = browser.ssrcs(1)[0]
    line.say(browser, *(rtp(media, each, payload_type=96, extensions={TWCC: bytes([0, each])}) for each in range(9)))
    line.wait(0.1)
    return [packet for packet in browser.rtcp if packet[:2] == b"\x8f\xcd"]


def test_the_relay_reports_to_who_is_alone(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    (report,) = feedback(line, mentor)
    assert report[8:12] == mentor.ssrcs(0)[0].to_bytes(4, "big")
    assert report[12:16] == bytes([0, 0, 0, 9])


def test_of_two_the_other_reports(line: Line, pair: Pair) -> None:
    assert feedback(line, pair[0]) == []


def test_the_relay_reports_until_the_other_is_connected(line: Line) -> None:
    line.join(Browser("mentor", port=1))
    mentee = line.open(Browser("mentee", port=2))
    line.relay.seat("mentee", 0, "mentor")
    line.relay.seat("mentor", 0, "mentee")
    line.pump()
    assert line.relay._peers["mentor"].arrivals is not None
    line.send(mentee, mentee.check(), *mentee.shake_hands())
    assert line.relay._peers["mentor"].arrivals is None
    line.relay.close_peer("mentee")
    assert line.relay._peers["mentor"].arrivals is not None


def test_of_three_the_relay_reports(line: Line) -> None:
    people = [line.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people:
        for slot, other in enumerate(each for each in people if each is not one):
            line.relay.seat(one.name, slot, other.name)
    line.pump()
    assert [len(feedback(line, one)) for one in people] == [1, 1, 1]
