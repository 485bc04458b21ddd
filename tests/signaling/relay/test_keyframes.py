"""Keyframes are asked for at once, then at most every 300 ms, and none is forgotten."""

from signaling.relay import keyframes
from tests.signaling.relay.browser import Browser, Line


def test_a_request_too_early_is_put_off(line: Line, pair: tuple[Browser, Browser]) -> None:
    mentor, _ = pair
    line.wait(1.0)
    mentor.rtcp.clear()
    camera = line.relay._peers["mentor"].tracks[1]
    assert keyframes.ask(camera, line.now) is None
    due = keyframes.ask(camera, line.now + 0.1)
    assert due == line.now + 0.3
    keyframes.send_wanted(camera, line.now + 0.2)
    line.pump()
    assert len(mentor.rtcp) == 1
    keyframes.send_wanted(camera, due)
    keyframes.send_wanted(camera, due + 1)
    line.pump()
    assert len(mentor.rtcp) == 2


def test_sound_and_unseen_pictures_need_none(line: Line, pair: tuple[Browser, Browser]) -> None:
    microphone = line.relay._peers["mentor"].tracks[0]
    assert keyframes.ask(microphone, line.now + 9) is None
    assert not microphone.wanted
    line.relay.seat("mentee", 0, None)
    camera = line.relay._peers["mentor"].tracks[1]
    keyframes.ask(camera, line.now + 9)
    assert not camera.wanted


def test_no_request_goes_to_who_is_not_connected(line: Line) -> None:
    line.join(Browser("mentee", port=2))
    line.open(Browser("mentor", port=1))
    line.relay.seat("mentee", 0, "mentor")
    camera = line.relay._peers["mentor"].tracks[1]
    assert keyframes.ask(camera, line.now) is None
    assert not camera.wanted
