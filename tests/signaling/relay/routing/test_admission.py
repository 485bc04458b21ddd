"""A new peer has what its answer announces."""

from signaling.relay.routing.admission import _draw_ssrcs
from tests.signaling.relay.browser import Browser, Network


def test_downlinks_have_the_announced_ssrcs(network: Network) -> None:
    browser = network.open(Browser("mentor", slots=2))
    peer = network.relay._peers["mentor"]
    announced = {ssrc for part in range(3, 9) for ssrc in browser.ssrcs(part, answer=True)}
    assert set(peer.downlinks) == announced
    assert peer.own_ssrc not in announced
    assert len(peer.slots) == len(peer.slot_senders) == 2


def test_only_what_is_allowed_is_taken_by_ssrc(network: Network) -> None:
    browser = network.open(Browser("mentor"), may_speak=True, may_show=False)
    assert set(network.relay._peers["mentor"].streams) == set(browser.ssrcs(0))


def test_numbers_that_collide_are_drawn_again() -> None:
    draws = iter([b"\0\0\0\5", b"\0\0\0\5", b"\0\0\0\0", b"\0\0\0\7"])
    assert _draw_ssrcs(3, lambda size: next(draws)) == [5, 1, 7]
