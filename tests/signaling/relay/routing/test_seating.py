"""Seats: who feeds whom, and who reports on whom."""

from tests.signaling.relay.browser import TWCC, Browser, Line, rtp

Pair = tuple[Browser, Browser]


def sources(line: Line, name: str) -> list[str | None]:
    return [sender.name if sender else None for sender in line.relay._peers[name].slot_senders]


def test_a_closed_peer_leaves_every_slot(line: Line, pair: Pair) -> None:
    line.relay.close_peer("mentor")
    assert sources(line, "mentee") == [None]
    assert all(downlink.track is None for downlink in line.relay._peers["mentee"].downlinks.values())


def test_a_seat_that_is_set_again_is_no_change(line: Line, pair: Pair) -> None:
    mentor, _ = pair
    line.wait(1.0)
    mentor.rtcp.clear()
    line.relay.seat("mentee", 0, "mentor")
    line.pump()
    assert mentor.rtcp == []
    assert len(line.relay._peers["mentor"].tracks[0].downlinks) == 1


def test_strangers_are_no_error(line: Line, pair: Pair) -> None:
    line.relay.seat("nobody", 0, "mentor")
    line.relay.seat("mentee", 0, "nobody")
    assert sources(line, "mentee") == [None]


def feedback(line: Line, browser: Browser) -> list[bytes]:
    """What the relay itself reports about nine pictures."""
    browser.rtcp.clear()
    first = line.relay.figures(browser.name).packets_in
    for number in range(first, first + 9):
        line.say(browser, rtp(browser.ssrcs(1)[0], number, payload_type=96, extensions={TWCC: bytes([0, number])}))
    line.wait(0.1)
    return [packet for packet in browser.rtcp if packet[:2] == b"\x8f\xcd"]


def test_the_relay_reports_to_who_is_alone(line: Line) -> None:
    mentor = line.join(Browser("mentor"))
    (report,) = feedback(line, mentor)
    assert report[8:12] == mentor.ssrcs(0)[0].to_bytes(4, "big")
    assert report[12:16] == bytes([0, 0, 0, 9])


def report(line: Line, browser: Browser) -> None:
    """Transport-wide feedback about the sound in the browser's slot."""
    slot = browser.ssrcs(3, answer=True)[0].to_bytes(4, "big")
    line.say(browser, b"\x8f\xcd\0\5\0\0\0\1" + slot + bytes.fromhex("000000010000010020010100"))


def test_of_two_the_other_reports_as_soon_as_it_does(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    assert len(feedback(line, mentor)) == 1
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    report(line, mentee)
    assert feedback(line, mentor) == []


def test_a_new_receiver_must_report_before_the_relay_is_silent(line: Line, pair: Pair) -> None:
    mentor, mentee = pair
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    report(line, mentee)
    line.relay.close_peer("mentee")
    again = line.join(Browser("mentee again", port=40003))
    assert len(feedback(line, mentor)) == 1
    line.relay.seat("mentee again", 0, "mentor")
    assert len(feedback(line, mentor)) == 1
    line.say(mentor, rtp(mentor.ssrcs(0)[0], 2, payload_type=111))
    report(line, again)
    assert feedback(line, mentor) == []


def test_of_three_the_relay_reports(line: Line) -> None:
    people = [line.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people:
        for slot, other in enumerate(each for each in people if each is not one):
            line.relay.seat(one.name, slot, other.name)
    line.pump()
    assert [len(feedback(line, one)) for one in people] == [1, 1, 1]
