"""Seats: who is forwarded to whom, and who reports on whom."""

from tests.signaling.relay.browser import TWCC, Browser, Network, rtp

Pair = tuple[Browser, Browser]


def sources(network: Network, name: str) -> list[str | None]:
    return [sender.name if sender else None for sender in network.relay._peers[name].slot_senders]


def test_a_closed_peer_leaves_every_slot(network: Network, pair: Pair) -> None:
    network.relay.close_peer("mentor")
    assert sources(network, "mentee") == [None]
    assert all(downlink.track is None for downlink in network.relay._peers["mentee"].downlinks.values())


def test_a_seat_that_is_set_again_is_no_change(network: Network, pair: Pair) -> None:
    mentor, _ = pair
    network.wait(1.0)
    mentor.rtcp.clear()
    network.relay.seat("mentee", 0, "mentor")
    network.pump()
    assert mentor.rtcp == []
    assert len(network.relay._peers["mentor"].tracks[0].downlinks) == 1


def test_strangers_are_no_error(network: Network, pair: Pair) -> None:
    network.relay.seat("nobody", 0, "mentor")
    network.relay.seat("mentee", 0, "nobody")
    assert sources(network, "mentee") == [None]


def feedback(network: Network, browser: Browser) -> list[bytes]:
    """What the relay itself reports about nine pictures."""
    browser.rtcp.clear()
    first = network.relay.figures(browser.name).packets_in
    for number in range(first, first + 9):
        network.say(browser, rtp(browser.ssrcs(1)[0], number, payload_type=96, extensions={TWCC: bytes([0, number])}))
    network.wait(0.1)
    return [packet for packet in browser.rtcp if packet[:2] == b"\x8f\xcd"]


def test_the_relay_reports_to_who_is_alone(network: Network) -> None:
    mentor = network.join(Browser("mentor"))
    (report,) = feedback(network, mentor)
    assert report[8:12] == mentor.ssrcs(0)[0].to_bytes(4, "big")
    assert report[12:16] == bytes([0, 0, 0, 9])


def report(network: Network, browser: Browser) -> None:
    """Transport-wide feedback about the sound in the browser's slot."""
    slot = browser.ssrcs(3, answer=True)[0].to_bytes(4, "big")
    network.say(browser, b"\x8f\xcd\0\5\0\0\0\1" + slot + bytes.fromhex("000000010000010020010100"))


def test_of_two_the_other_reports_as_soon_as_it_does(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    assert len(feedback(network, mentor)) == 1
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    report(network, mentee)
    assert feedback(network, mentor) == []


def test_a_new_receiver_must_report_before_the_relay_is_silent(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    report(network, mentee)
    network.relay.close_peer("mentee")
    again = network.join(Browser("mentee again", port=40003))
    assert len(feedback(network, mentor)) == 1
    network.relay.seat("mentee again", 0, "mentor")
    assert len(feedback(network, mentor)) == 1
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 2, payload_type=111))
    report(network, again)
    assert feedback(network, mentor) == []


def forwarded(network: Network, sender: Browser, receiver: Browser) -> list[bool]:
    """Of a packet of sound, camera and screen each: whether the receiver gets it."""
    found = []
    for section, payload_type in enumerate((111, 96, 96)):
        receiver.rtp.clear()
        number = network.relay.figures(sender.name).packets_in + 1
        network.say(sender, rtp(sender.ssrcs(section)[0], number, payload_type=payload_type))
        found.append(bool(receiver.rtp))
    return found


def test_who_wants_sound_only_gets_no_pictures_and_then_a_keyframe(network: Network, pair: Pair) -> None:
    mentor, mentee = pair
    assert forwarded(network, mentor, mentee) == [True, True, True]
    network.relay.set_pictures("mentee", wanted=False)
    assert forwarded(network, mentor, mentee) == [True, False, False]
    assert forwarded(network, mentee, mentor) == [True, True, True]
    network.relay.close_peer("mentor")
    again = network.join(Browser("mentor again", port=40003))
    network.relay.seat("mentee", 0, "mentor again")
    assert forwarded(network, again, mentee) == [True, False, False]
    network.wait(1.0)
    again.rtcp.clear()
    network.relay.set_pictures("mentee", wanted=True)
    network.pump()
    assert [packet[1] for packet in again.rtcp].count(206) == 2
    assert forwarded(network, again, mentee) == [True, True, True]
    network.relay.set_pictures("nobody", wanted=True)


def test_the_relay_reports_to_the_sender_while_the_other_wants_sound_only(network: Network, pair: Pair) -> None:
    """The other would report each picture as lost."""
    mentor, mentee = pair
    network.say(mentor, rtp(mentor.ssrcs(0)[0], 1, payload_type=111))
    report(network, mentee)
    assert feedback(network, mentor) == []
    network.relay.set_pictures("mentee", wanted=False)
    assert len(feedback(network, mentor)) == 1


def test_of_three_the_relay_reports(network: Network) -> None:
    people = [network.join(Browser(name, slots=2, port=40001 + at)) for at, name in enumerate("abc")]
    for one in people:
        for slot, other in enumerate(each for each in people if each is not one):
            network.relay.seat(one.name, slot, other.name)
    network.pump()
    assert [len(feedback(network, one)) for one in people] == [1, 1, 1]
