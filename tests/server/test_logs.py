"""What the log does not say."""

import asyncio
import logging

import pytest

from server.logs import HIDDEN, PrivateFormatter

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
    await asyncio.wait_for(reader.read(100), 10)
    writer.close()
    assert SECRET not in caplog.text
    assert "sam@" not in caplog.text
