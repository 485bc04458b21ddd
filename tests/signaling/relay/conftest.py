"""Two people in a call, over a network without sockets."""

import pytest

from tests.signaling.relay.browser import Browser, Network


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def pair(network: Network) -> tuple[Browser, Browser]:
    """The mentor and the mentee, connected and seated in each other's slot."""
    mentor = network.join(Browser("mentor", port=40001))
    mentee = network.join(Browser("mentee", port=40002))
    network.pair(mentor, mentee)
    return mentor, mentee
