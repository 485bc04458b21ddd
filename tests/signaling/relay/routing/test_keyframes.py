"""Keyframes are requested at once, then at most every 300 ms, and no request is forgotten."""

from signaling.relay.routing import keyframes
from signaling.relay.rtcp.packets import pli
from tests.signaling.relay.browser import Browser, Network


def test_a_request_too_early_is_delayed(network: Network, pair: tuple[Browser, Browser]) -> None:
    mentor, _ = pair
    network.wait(1.0)
    mentor.rtcp.clear()
    camera = network.relay._peers["mentor"].tracks[1]
    assert keyframes.request(camera, network.now) is None
    due = keyframes.request(camera, network.now + 0.1)
    assert due == network.now + 0.3
    keyframes.send_due(camera, network.now + 0.2)
    network.pump()
    assert len(mentor.rtcp) == 1
    keyframes.send_due(camera, due)
    keyframes.send_due(camera, due + 1)
    network.pump()
    assert len(mentor.rtcp) == 2


def test_audio_and_pictures_without_receivers_need_none(network: Network, pair: tuple[Browser, Browser]) -> None:
    microphone = network.relay._peers["mentor"].tracks[0]
    assert keyframes.request(microphone, network.now + 9) is None
    assert not microphone.keyframe_wanted
    network.relay.seat("mentee", 0, None)
    camera = network.relay._peers["mentor"].tracks[1]
    keyframes.request(camera, network.now + 9)
    assert not camera.keyframe_wanted


def test_no_request_goes_to_a_sender_who_is_not_connected(network: Network) -> None:
    network.join(Browser("mentee", port=2))
    network.open(Browser("mentor", port=1))
    network.relay.seat("mentee", 0, "mentor")
    camera = network.relay._peers["mentor"].tracks[1]
    assert keyframes.request(camera, network.now) is None
    assert not camera.keyframe_wanted


def test_seating_requests_a_keyframe(network: Network) -> None:
    mentor = network.join(Browser("mentor", port=40001))
    mentee = network.join(Browser("mentee", port=40002))
    network.relay.seat("mentee", 0, "mentor")
    network.pump()
    asked = [packet[8:12] for packet in mentor.rtcp if packet[1] == 206]
    assert asked == [mentor.ssrcs(line_)[0].to_bytes(4, "big") for line_ in (1, 2)]
    assert mentee.rtcp == []


def test_a_late_receiver_gets_a_keyframe_when_it_connects(network: Network) -> None:
    mentor = network.join(Browser("mentor", port=40001))
    mentee = network.open(Browser("mentee", port=40002))
    network.relay.seat("mentee", 0, "mentor")
    network.pump()
    assert mentor.rtcp == []
    network.send(mentee, mentee.check(), *mentee.handshake())
    assert [packet[1] for packet in mentor.rtcp] == [206, 206]


def test_after_an_interruption_keyframes_are_requested_both_ways(
    network: Network, pair: tuple[Browser, Browser]
) -> None:
    mentor, _ = pair
    elsewhere = ("udp", "192.0.2.99", 9)
    network.browsers[elsewhere] = mentor
    network.wait(1.0)
    mentor.rtcp.clear()
    network.send(mentor, mentor.check(), source=elsewhere)
    for browser in pair:
        asked = [packet[8:12] for packet in browser.rtcp if packet[1] == 206]
        assert asked == [browser.ssrcs(part)[0].to_bytes(4, "big") for part in (1, 2)]
    network.wait(0.2)
    mentor.rtcp.clear()
    network.send(mentor, mentor.check(), source=elsewhere)
    assert [packet[1] for packet in mentor.rtcp if packet[1] == 206] == []


def test_keyframe_requests_are_forwarded_but_not_too_often(network: Network, pair: tuple[Browser, Browser]) -> None:
    mentor, mentee = pair
    network.wait(1.0)
    mentor.rtcp.clear()
    request = pli(1, mentee.ssrcs(4, answer=True)[0])
    network.say(mentee, request, request, request)
    wanted = mentor.ssrcs(1)[0].to_bytes(4, "big")
    assert [packet[8:12] for packet in mentor.rtcp] == [wanted]
    network.wait(0.31)
    assert [packet[8:12] for packet in mentor.rtcp] == [wanted, wanted]
    network.wait(1.0)
    assert len(mentor.rtcp) == 2
