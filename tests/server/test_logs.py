"""The log: lines that repeat are limited, and no secret is in any of them."""

import logging
from collections.abc import Callable

import pytest

from server.db.database import Unavailable
from server.logs import PERIOD_S, HidingFormatter, RepeatedLines, hide


class Log:
    """A logger of its own with the filter, a clock that the test moves, and the lines that came through."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = 0.0
        self.logger = logging.Logger("house")
        handler = logging.Handler()
        handler.emit = lambda record: self.lines.append(handler.format(record))  # type: ignore[method-assign]
        handler.addFilter(RepeatedLines(handler.emit, lambda: self.now))
        self.logger.addHandler(handler)


@pytest.fixture
def log() -> Log:
    return Log()


def test_three_of_a_kind_then_one_a_minute_that_says_how_many_were_left_out(log: Log) -> None:
    for number in range(1000):
        log.logger.error("page %d failed", number)
    assert log.lines == ["page 0 failed", "page 1 failed", "page 2 failed"]
    log.now += PERIOD_S
    for number in range(10):
        log.logger.error("page %d failed", number)
    assert log.lines[3:] == ["page 0 failed (997 more like this were left out)"]


def test_how_many_were_left_out_is_said_with_the_next_line_of_any_kind(log: Log) -> None:
    for _ in range(4):
        log.logger.error("page %d failed", 7)
    log.now += PERIOD_S
    log.logger.warning("the mail server is away")
    assert log.lines[3:] == ["1 more like this was left out: page %d failed", "the mail server is away"]


def test_after_a_quiet_minute_three_come_again(log: Log) -> None:
    for _ in range(3):
        log.logger.error("failed")
    log.now += PERIOD_S
    for _ in range(4):
        log.logger.error("failed")
    assert log.lines == ["failed"] * 6


def test_kinds_do_not_hide_each_other_and_news_is_not_limited(log: Log) -> None:
    for number in range(5):
        log.logger.warning("kind %d" % number)  # noqa: UP031 five statements
        log.logger.info("the relay serves")
    assert len(log.lines) == 10


def test_asyncios_lines_with_their_values_put_in_are_one_kind(log: Log) -> None:
    for number in range(100):
        log.logger.error(f"socket.accept() out of system resource\nsocket: <socket {number}>")
    assert len(log.lines) == 3


def test_a_database_that_is_away_brings_no_tracebacks(log: Log) -> None:
    try:
        raise Unavailable("connection refused")
    except Unavailable:
        log.logger.exception("work %s failed", "on this")
    assert log.lines == ["work on this failed: connection refused"]


def test_any_other_error_does(log: Log) -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        log.logger.exception("work failed")
    assert log.lines[0].splitlines()[-1] == "ValueError: odd"


def in_message(logger: logging.Logger) -> None:
    logger.error("cannot reach %s", "postgresql://fireside:s3cret-word@host")


def in_traceback(logger: logging.Logger) -> None:
    try:
        raise OSError("no login with s3cret-word")
    except OSError:
        logger.exception("failed")


@pytest.mark.parametrize("logged", [in_message, in_traceback])
def test_a_secret_is_hidden_wherever_it_stands(logged: Callable[[logging.Logger], None]) -> None:
    log = Log()
    log.logger.handlers[0].setFormatter(HidingFormatter(["word", "s3cret-word"]))
    logged(log.logger)
    assert "s3cret" not in log.lines[0]
    assert "•••" in log.lines[0]


def test_what_is_too_short_to_be_told_apart_stays() -> None:
    assert hide("a list of all", ["", "a"]) == "a list of all"
