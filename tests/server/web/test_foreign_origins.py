"""Other addresses of our pages are noted, a few of them, and nothing else that a browser may send."""

import logging

import pytest

from server.web.foreign_origins import MOST, ForeignOrigins
from tests.logs import own_records

OWN = "https://meet.example.org"


def test_each_is_noted_once(caplog: pytest.LogCaptureFixture) -> None:
    origins = ForeignOrigins()
    for _ in range(3):
        origins.note("http://192.168.1.5:8080", OWN)
    assert origins.seen == ["http://192.168.1.5:8080"]
    assert [record.levelno for record in own_records(caplog)] == [logging.WARNING] * 3


@pytest.mark.parametrize("sent", ["null", "", "https://a/b", "https://x\n2026 ERROR all is lost", "nonsense"])
def test_what_is_no_origin_is_not(caplog: pytest.LogCaptureFixture, sent: str) -> None:
    origins = ForeignOrigins()
    origins.note(sent, OWN)
    assert (origins.seen, own_records(caplog)) == ([], [])


def test_they_do_not_pile_up() -> None:
    origins = ForeignOrigins()
    for number in range(100):
        origins.note(f"https://{number}.example", OWN)
    assert len(origins.seen) == MOST
