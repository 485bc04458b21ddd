"""The certificate as a browser meets it, of a real server."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import pytest

from server.doctor.certificate import judge_end, look_at_certificate
from server.doctor.findings import Verdict
from tests.cast import free_port
from tests.fronts import write_certificate

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("days", "known", "verdict", "said"),
    [
        (60, True, Verdict.GOOD, "is good until"),
        (5, True, Verdict.SOON, "was not renewed"),
        (-2, True, Verdict.WRONG, "certificate has expired"),
        (60, False, Verdict.WRONG, "self-signed certificate"),
    ],
)
async def test_it_says_until_when_it_is_good_or_what_browsers_say(tmp_path, days, known, verdict, said):
    write_certificate(tmp_path, NOW + timedelta(days=days))
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    trusted = ssl.create_default_context(cafile=tmp_path / "cert.pem") if known else None
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "localhost", 0, ssl=serving)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await look_at_certificate(f"https://localhost:{port}", NOW, trusted)
    assert (found.verdict, said in found.said, bool(found.help)) == (verdict, True, verdict is not Verdict.GOOD)


async def test_where_nobody_answers_it_says_where_to_look():
    found = await look_at_certificate(f"https://localhost:{free_port()}", NOW)
    assert found.verdict is Verdict.WRONG
    assert "getent ahosts localhost" in found.help


async def test_pages_without_tls_are_for_this_machine_only():
    here, elsewhere = [
        await look_at_certificate(url, NOW) for url in ("http://localhost:8080", "http://meet.example.org")
    ]
    assert (here.verdict, elsewhere.verdict) == (Verdict.SOON, Verdict.WRONG)


def test_two_weeks_before_the_end_it_should_have_been_renewed():
    ends = [judge_end(NOW + timedelta(days=days), NOW).verdict for days in (13, 15)]
    assert ends == [Verdict.SOON, Verdict.GOOD]
