"""What the log does not say."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from server.db.database import Unavailable
from server.log_format import REQUEST_ID
from server.logs import HIDDEN, PERIOD_S, JsonFormatter, PrivateFormatter, RepeatedLines, hide

SECRET = "wF3s-" + "aB3_" * 9 + "xY"


def line_of(message: str, *values: object) -> str:
    return PrivateFormatter("%(message)s").format(logging.LogRecord("server", 20, "", 0, message, values, None))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("421 4.7.0 <sam@example.org>: try later", f"421 4.7.0 <{HIDDEN}>: try later"),
        ("recipient sam.o'neill+x@mail.example.org.", f"recipient sam.o'{HIDDEN}"),
        ("recipient 日本@例え.テスト refused", f"recipient {HIDDEN} refused"),
        ("number +44 (0)20 7946 0123 given", f"number {HIDDEN} given"),
        (f"Invalid method: b'GE T /l/{SECRET} HTTP/1.1'", f"Invalid method: {HIDDEN}"),
        ('Got more than 8190 bytes when reading: b"sam\'s"', f"Got more than 8190 bytes when reading: {HIDDEN}"),
        (f"GET /l/{SECRET[:9]} HTTP/1.1", f"GET /l/{HIDDEN} HTTP/1.1"),
        (f"GET /g/7.{SECRET[:9]} HTTP/1.1", f"GET /g/{HIDDEN} HTTP/1.1"),
        ("GET /feed/half-of-it.ics", f"GET /feed/{HIDDEN}"),
        (f"token {SECRET}.", f"token {HIDDEN}."),
        ("DETAIL:  Key (name)=(Sam Okafor) already exists.", f"DETAIL: {HIDDEN}"),
    ],
)
def test_what_is_private_is_hidden(message: str, said: str) -> None:
    assert len(SECRET) == 43
    assert line_of(message) == said


@pytest.mark.parametrize(
    "message",
    [
        "relay a9cf83daabc5b762, process 4409, serves UDP port 39391",
        "2026-11-28 18:17:25,008 INFO relay: hub connected",
        "2026-11-28T18:17:25.008+00:00",
        "File /work/server/web/errors.py, line 49, in a_function_whose_name_is_forty_three_letters_",
        "GET <DynamicResource  /l/{secret}> failed",
        "GET <DynamicResource  /g/{token}> failed",
        "d" * 64,
    ],
)
def test_all_else_stays(message: str) -> None:
    assert line_of(message) == message


def test_a_traceback_is_searched_too() -> None:
    try:
        raise ValueError("sam@example.org")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("server", 40, "", 0, "failed", (), info)
    assert "sam@example.org" not in PrivateFormatter("%(message)s").format(record)


BROKEN = (
    "GET /l/{secret} HTTP/9.9\r\n\r\n",
    "G(T /l/{secret} HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /l/{secret} HTTP/1.1\r\nHost: x\r\nBad\x00Name: {email}\r\n\r\n",
    "GET /l/{secret} HTTP/1.1\r\nHost: x\r\nCookie: " + "{secret}" * 500 + "\r\n\r\n",
    "GET /l/{secret}?" + "x" * 9000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /lost-link HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\nemail={email}",
    "GET /feed/{secret}.ics HTTP/1.1\r\nHost: x\r\nExpect: {email}\r\n\r\n",
)


@pytest.mark.parametrize("request_text", BROKEN)
async def test_a_request_that_cannot_be_read_leaves_nothing_private(site, caplog, request_text):
    caplog.set_level(logging.INFO)
    caplog.handler.setFormatter(PrivateFormatter("%(message)s"))
    host, _, port = site.base_url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request_text.format(secret=SECRET, email="sam@example.org").encode("latin-1"))
    await asyncio.wait_for(reader.read(100), 60)
    writer.close()
    assert SECRET not in caplog.text
    assert "sam@" not in caplog.text


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
    log.logger.handlers[0].setFormatter(PrivateFormatter("%(message)s", ["word", "s3cret-word"]))
    logged(log.logger)
    assert "s3cret" not in log.lines[0]
    assert HIDDEN in log.lines[0]


def test_as_json_a_line_is_one_object_with_its_request_and_as_little_private() -> None:
    log = Log()
    log.logger.handlers[0].setFormatter(JsonFormatter("%(message)s", ["s3cret-word"]))
    token = REQUEST_ID.set("a1b2")
    in_traceback(log.logger)
    REQUEST_ID.reset(token)
    log.logger.error("an email to %s came back", "sam@example.org")
    first, second = map(json.loads, log.lines)
    assert (first["request"], first["level"], first["logger"]) == ("a1b2", "error", log.logger.name)
    assert f"OSError: no login with {HIDDEN}" in first["message"]
    assert second["message"] == f"an email to {HIDDEN} came back"
    assert "request" not in second
    assert datetime.fromisoformat(first["time"]).tzinfo == UTC


def test_what_is_too_short_to_be_told_apart_stays() -> None:
    assert hide("a list of all", ["", "a"]) == "a list of all"
