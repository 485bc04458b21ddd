"""Keyframes are asked for at once, then at most every 300 ms, and none is forgotten."""

from signaling.relay.routing import keyframes
from signaling.relay.rtcp.packets import pli
from tests.signaling.relay.browser import Browser, Line


def test_a_request_too_early_is_put_off(line: Line, pair: tuple[Browser, Browser]) -> None:
    mentor, _ = pair
    line.wait(1.0)
    mentor.rtcp.clear()
    camera = line.relay._peers["mentor"].tracks[1]
    assert keyframes.request(camera, line.now) is None
    due = keyframes.request(camera, line.now + 0.1)
    assert due == line.now + 0.3
    keyframes.send_due(camera, line.now + 0.2)
    line.pump()
    assert len(mentor.rtcp) == 1
    keyframes.send_due(camera, due)
    keyframes.send_due(camera, due + 1)
    line.pump()
    assert len(mentor.rtcp) == 2


def test_sound_and_unseen_pictures_need_none(line: Line, pair: tuple[Browser, Browser]) -> None:
    microphone = line.relay._peers["mentor"].tracks[0]
    assert keyframes.request(microphone, line.now + 9) is None
    assert not microphone.keyframe_wanted
    line.relay.seat("mentee", 0, None)
    camera = line.relay._peers["mentor"].tracks[1]
    keyframes.request(camera, line.now + 9)
    assert not camera.keyframe_wanted


def test_no_request_goes_to_who_is_not_connected(line: Line) -> None:
    line.join(Browser("mentee", port=2))
    line.open(Browser("mentor", port=1))
    line.relay.seat("mentee", 0, "mentor")
    camera = line.relay._peers["mentor"].tracks[1]
    assert keyframes.request(camera, line.now) is None
    assert not camera.keyframe_wanted


def test_seating_asks_the_sender_for_a_keyframe(line: Line) -> None:
    mentor = line.join(Browser("mentor", port=40001))
    mentee = line.join(Browser("mentee", port=40002))
    line.relay.seat("mentee", 0, "mentor")
    line.pump()
    asked = [packet[8:12] for packet in mentor.rtcp if packet[1] == 206]
    assert asked == [mentor.ssrcs(line_)[0].to_bytes(4, "big") for line_ in (1, 2)]
    assert mentee.rtcp == []


def test_a_late_receiver_gets_a_keyframe_when_it_connects(line: Line) -> None:
    mentor = line.join(Browser("mentor", port=40001))
    mentee = line.open(Browser("mentee", port=40002))
    line.relay.seat("mentee", 0, "mentor")
    line.pump()
    assert mentor.rtcp == []
    line.send(mentee, mentee.check(), *mentee.shake_hands())
    assert [packet[1] for packet in mentor.rtcp] == [206, 206]


def test_after_an_interruption_pictures_begin_anew_both_ways(line: Line, pair: tuple[Browser, Browser]) -> None:
    mentor, _ = pair
    elsewhere = ("udp", "192.0.2.99", 9)
    line.browsers[elsewhere] = mentor
    line.wait(1.0)
    mentor.rtcp.clear()
    line.send(mentor, mentor.check(), source=elsewhere)
    for browser in pair:
        asked = [packet[8:12] for packet in browser.rtcp if packet[1] == 206]
        assert asked == [browser.ssrcs(part)[0].to_bytes(4, "big") for part in (1, 2)]
    line.wait(0.2)
    mentor.rtcp.clear()
    line.send(mentor, mentor.check(), source=elsewhere)
    assert [packet[1] for packet in mentor.rtcp if packet[1] == 206] == []


def test_keyframe_requests_cross_but_not_too_often(line: Line, pair: tuple[Browser, Browser]) -> None:
    mentor, mentee = pair
    line.wait(1.0)
    mentor.rtcp.clear()
    request = pli(1, mentee.ssrcs(4, answer=True)[0])
    line.say(mentee, request, request, request)
    wanted = mentor.ssrcs(1)[0].to_bytes(4, "big")
    assert [packet[8:12] for packet in mentor.rtcp] == [wanted]
    line.wait(0.31)
    assert [packet[8:12] for packet in mentor.rtcp] == [wanted, wanted]
    line.wait(1.0)
    assert len(mentor.rtcp) == 2
