"""Against real servers on loopback, which the caller's predicate lets in; what is public alone never does."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web

from server.availability.actions.calendars import LEASE
from server.availability.calendar import fetch
from server.availability.calendar.fetch import (
    MOST_BYTES,
    NOT_AN_ADDRESS,
    OTHER_PORT,
    PIECE,
    PUBLIC_ONLY,
    TOO_BIG,
    CalendarResponse,
    FeedNotReachable,
    FetchPolicy,
    fetch_calendar,
)
from server.availability.calendar.sanitize import NotACalendar
from tests.elsewhere import CALENDAR, Answer, Elsewhere, calendar, calendar_server, endless


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    async with calendar_server(tmp_path) as server:
        yield server


async def fetched(url: str, policy: FetchPolicy, etag: str = "") -> tuple[bytes, CalendarResponse]:
    """What was handed on, and what is known of it."""
    body = bytearray()
    response = await fetch_calendar(url, etag, body.extend, policy)
    return bytes(body), response


async def refused(url: str, policy: FetchPolicy) -> str:
    with pytest.raises(FeedNotReachable) as refusal:
        await fetch_calendar(url, "", lambda piece: None, policy)
    return refusal.value.sentence


async def test_a_calendar_is_fetched_and_not_again_until_it_changes(elsewhere: Elsewhere) -> None:
    async def unless_same(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return await calendar(request)

    elsewhere.answer = unless_same
    url = elsewhere.url("/noor.ics?key=a%2Fb")
    assert await fetched(url, elsewhere.policy) == (CALENDAR, CalendarResponse(True, '"1"'))
    assert await fetched(url, elsewhere.policy, '"1"') == (b"", CalendarResponse(False, '"1"'))
    assert [request.path_qs for request in elsewhere.asked] == ["/noor.ics?key=a%2Fb"] * 2


@pytest.mark.parametrize("scheme", ["https", "http", "webcal", "webcals", "HTTPS"])
async def test_whatever_was_typed_is_asked_by_https(elsewhere: Elsewhere, scheme: str) -> None:
    assert (await fetched(f"  {elsewhere.url(scheme=scheme)}#today\n", elsewhere.policy))[0] == CALENDAR
    assert [request.secure for request in elsewhere.asked] == [True]


async def test_a_packed_calendar_is_unpacked(elsewhere: Elsewhere) -> None:
    async def decompressor(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "gzip"
        return web.Response(body=gzip.compress(CALENDAR), headers={"Content-Encoding": "gzip"})

    elsewhere.answer = decompressor
    assert (await fetched(elsewhere.url(), elsewhere.policy))[0] == CALENDAR


def redirecting(*to: str) -> Answer:
    """Sends on to each address in turn, then answers with the calendar."""
    left = list(to)

    async def answer(request: web.Request) -> web.StreamResponse:
        if not left:
            return await calendar(request)
        return web.Response(status=302, headers={"Location": left.pop(0), "Set-Cookie": "a=b; Path=/"})

    return answer


async def test_three_redirects_are_followed_without_cookies_and_no_more(elsewhere: Elsewhere) -> None:
    elsewhere.answer = redirecting("/two", "three?x=1", elsewhere.url("/four", scheme="http"))
    assert (await fetched(elsewhere.url("/one"), elsewhere.policy))[0] == CALENDAR
    assert [request.path_qs for request in elsewhere.asked] == ["/one", "/two", "/three?x=1", "/four"]
    assert [request.headers.get("Cookie") for request in elsewhere.asked] == [None] * 4
    elsewhere.answer = redirecting("/two", "/three", "/four", "/five")
    assert await refused(elsewhere.url("/one"), elsewhere.policy) == FeedNotReachable.sentence
    assert len(elsewhere.asked) == 8


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.2", "[::ffff:127.0.0.1]"])
async def test_the_own_network_is_never_asked(elsewhere: Elsewhere, host: str) -> None:
    """With everything as in the test that works, but for who may be connected to: only the public."""
    policy = replace(elsewhere.policy, may_connect=PUBLIC_ONLY.may_connect)
    assert await refused(elsewhere.url(host=host), policy) == FeedNotReachable.sentence
    assert elsewhere.asked == []


async def test_who_may_be_connected_to_is_the_callers_to_say(elsewhere: Elsewhere) -> None:
    policy = replace(elsewhere.policy, may_connect=lambda address: address.is_loopback)
    for host in ("[::1]", "127.0.0.2"):
        assert (await fetched(elsewhere.url(host=host), policy))[0] == CALENDAR


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "0"])
async def test_no_way_of_writing_an_address_passes(elsewhere: Elsewhere, host: str) -> None:
    policy = replace(elsewhere.policy, may_connect=PUBLIC_ONLY.may_connect)
    assert await refused(elsewhere.url(host=host), policy) == FeedNotReachable.sentence
    assert elsewhere.asked == []


@pytest.mark.parametrize("host", ["[::1]", "127.0.0.2", "10.0.0.1", "169.254.169.254"])
async def test_no_redirect_leads_into_the_own_network(elsewhere: Elsewhere, host: str) -> None:
    elsewhere.answer = redirecting(elsewhere.url("/inside", host=host))
    assert await refused(elsewhere.url("/outside"), elsewhere.policy) == FeedNotReachable.sentence
    assert [request.path for request in elsewhere.asked] == ["/outside"]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://localhost/", "https://a:b@localhost/", "https://["])
async def test_each_redirect_is_looked_at_as_what_was_typed(elsewhere: Elsewhere, to: str) -> None:
    elsewhere.answer = redirecting(to)
    assert await refused(elsewhere.url(), elsewhere.policy) in (NOT_AN_ADDRESS, FeedNotReachable.sentence)
    assert len(elsewhere.asked) == 1


class Names:
    """What names stand for, one answer after the other; the last one stays. Given to the running loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.answers = list(answers)
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", self.look_up)

    async def look_up(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        where = {4: (), 6: (0, 0)}
        versions = [(each, ip_address(each).version) for each in addresses]
        return [
            (family[version], socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (each, port, *where[version]))
            for each, version in versions
        ]


async def test_a_name_for_the_own_network_is_refused(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    url = elsewhere.url(host="calendar.example")
    Names(monkeypatch, ["127.0.0.1"])
    assert (await fetched(url, elsewhere.policy))[0] == CALENDAR
    policy = replace(elsewhere.policy, may_connect=PUBLIC_ONLY.may_connect)
    assert await refused(url, policy) == FeedNotReachable.sentence
    Names(monkeypatch, ["::ffff:127.0.0.1", "::1", "127.0.0.2"])
    assert await refused(url, policy) == FeedNotReachable.sentence
    assert len(elsewhere.asked) == 1


async def test_a_name_that_changes_its_address_is_refused(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: good when first looked up, inside when connected to again."""
    Names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    elsewhere.answer = redirecting("/inside")
    assert await refused(elsewhere.url("/outside", host="calendar.example"), elsewhere.policy)
    assert [request.path for request in elsewhere.asked] == ["/outside"]


async def test_of_a_names_addresses_only_those_are_asked_that_may_be(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    Names(monkeypatch, ["127.0.0.2", "::1", "127.0.0.1"])
    assert (await fetched(elsewhere.url(host="calendar.example"), elsewhere.policy))[0] == CALENDAR
    assert elsewhere.reached == ["::ffff:127.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "calendar",
        "//localhost/x",
        "https:///x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://noor:secret@calendar.example/x",
        "https://noor@calendar.example/x",
        "https://calendar.example/" + "x" * 2000,
    ],
)
async def test_what_is_no_address_is_told(url: str) -> None:
    assert await refused(url, PUBLIC_ONLY) == NOT_AN_ADDRESS


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://calendar.example:99999/", "https://x\0.example/", "https://\u2100/"]
)
async def test_what_cannot_be_an_address_is_refused(url: str) -> None:
    assert await refused(url, PUBLIC_ONLY) in (NOT_AN_ADDRESS, FeedNotReachable.sentence)


def answering(**parts: object) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(**parts)

    return answer


FULL = b"x" * MOST_BYTES


@pytest.mark.parametrize(
    "answer",
    [
        answering(body=FULL + b"x"),
        answering(body=gzip.compress(FULL + b"x"), headers={"Content-Encoding": "gzip"}),
        answering(body=gzip.compress(bytes(4 * MOST_BYTES), 1), headers={"Content-Encoding": "gzip"}),
        endless,
    ],
    ids=["big", "big when unpacked", "a bomb", "endless"],
)
async def test_more_than_the_most_is_refused(elsewhere: Elsewhere, answer: Answer) -> None:
    elsewhere.answer = answer
    assert await refused(elsewhere.url(), elsewhere.policy) == TOO_BIG


@pytest.mark.parametrize("packed", [False, True])
async def test_a_large_calendar_is_handed_on_in_pieces(elsewhere: Elsewhere, packed: bool) -> None:
    elsewhere.answer = answering(
        body=gzip.compress(FULL, 1) if packed else FULL, headers={"Content-Encoding": "gzip"} if packed else {}
    )
    pieces: list[int] = []
    await fetch_calendar(elsewhere.url(), "", lambda piece: pieces.append(len(piece)), elsewhere.policy)
    assert sum(pieces) == MOST_BYTES
    assert max(pieces) <= 3 * PIECE


async def test_what_the_reader_refuses_ends_the_fetch(elsewhere: Elsewhere) -> None:
    def take(piece: bytes) -> None:
        raise NotACalendar

    elsewhere.answer = endless
    with pytest.raises(NotACalendar):
        await fetch_calendar(elsewhere.url(), "", take, elsewhere.policy)


@pytest.mark.parametrize(
    "url",
    [
        "https://calendar.example:8443/",
        "https://calendar.example:22/x",
        "webcal://calendar.example:80/",
        "http://a.example:8080/",
    ],
)
async def test_another_port_is_refused_with_its_reason(url: str) -> None:
    assert await refused(url, PUBLIC_ONLY) == OTHER_PORT


async def test_no_redirect_leads_to_another_port(elsewhere: Elsewhere) -> None:
    elsewhere.answer = redirecting("https://localhost:22/")
    assert await refused(elsewhere.url(), elsewhere.policy) == OTHER_PORT


def test_a_fetch_is_over_before_another_may_begin() -> None:
    assert LEASE.total_seconds() > fetch.TIMEOUT_S


@pytest.mark.parametrize(
    "answer",
    [
        answering(status=404),
        answering(status=500),
        answering(status=304),
        answering(status=302),
        answering(body=b"x", headers={"Content-Encoding": "br"}),
        answering(body=b"not packed", headers={"Content-Encoding": "gzip"}),
        answering(body=gzip.compress(CALENDAR)[:-9], headers={"Content-Encoding": "gzip"}),
    ],
)
async def test_no_calendar_is_told_kindly(elsewhere: Elsewhere, answer: Answer) -> None:
    elsewhere.answer = answer
    assert await refused(elsewhere.url(), elsewhere.policy) in (FeedNotReachable.sentence, NOT_AN_ADDRESS)


async def test_a_certificate_that_nobody_knows_is_refused(elsewhere: Elsewhere) -> None:
    assert await refused(elsewhere.url(), replace(elsewhere.policy, tls=None)) == FeedNotReachable.sentence
    assert elsewhere.asked == []


async def test_a_server_that_dawdles_is_left(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """In all, however busily it sends a little now and then."""
    left = asyncio.Event()

    async def dawdle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.05)
        finally:
            left.set()

    elsewhere.answer = dawdle
    monkeypatch.setattr(fetch, "TIMEOUT_S", 0.4)
    assert await refused(elsewhere.url(), elsewhere.policy) == FeedNotReachable.sentence
    await asyncio.wait_for(left.wait(), 60)


async def test_a_strange_etag_is_not_kept(elsewhere: Elsewhere) -> None:
    elsewhere.answer = answering(body=CALENDAR, headers={"ETag": "x" * 300})
    assert (await fetched(elsewhere.url(), elsewhere.policy))[1].etag == ""
