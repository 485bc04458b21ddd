"""The relay's promises, as browsers and strangers meet them."""

import pytest

from signaling.relay.relay import PeerConnected
from tests.signaling.relay.browser import Browser, Line, rtp


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def pair(line: Line) -> tuple[Browser, Browser]:
    ada = line.join(Browser("ada", port=40001))
    ben = line.join(Browser("ben", port=40002))
    line.pair(ada, ben)
    return ada, ben


def test_a_browser_connects(line: Line) -> None:
    line.join(Browser("ada"))
    assert line.happened == [PeerConnected("ada")]


def test_sound_arrives_in_the_slot(line: Line, pair: tuple[Browser, Browser]) -> None:
    ada, ben = pair
    line.say(ada, rtp(ada.ssrcs(0)[0], 7, payload_type=111, payload=b"hello"))
    assert ben.rtp == [rtp(ben.ssrcs(3, answer=True)[0], 7, payload_type=111, payload=b"hello")]
