"""Two people in a call, over a line without sockets."""

import pytest

from tests.signaling.relay.browser import Browser, Line


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def pair(line: Line) -> tuple[Browser, Browser]:
    """The mentor and the mentee, connected and seated in each other's slot."""
    mentor = line.join(Browser("mentor", port=40001))
    mentee = line.join(Browser("mentee", port=40002))
    line.pair(mentor, mentee)
    return mentor, mentee
