"""Metrics of a server with several processes for pages, as Prometheus reads them."""

import asyncio
import json
import os
import re
import shutil
import signal
import smtplib
from datetime import UTC, datetime

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.doctor.media import examine
from tests.cast import Fireside, free_port, until

PERSONAL = re.compile(r"@|/l/[^{]|/feed/[^{]|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")
WELCOMES = 40


async def scrape(session: aiohttp.ClientSession, port: int) -> tuple[str, dict]:
    """The text, and each sample's value by its name and labels."""
    async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
        assert (response.status, response.content_type) == (200, "text/plain")
        text = await response.text()
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return text, {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


@pytest.fixture
async def house(tmp_path, migrated):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    url = f"sqlite+aiosqlite:///{shutil.copy(migrated, data)}"
    port = free_port()
    settings = {"WEB_PROCESSES": "3", "METRICS": f"127.0.0.1:{port}", "LOG_FORMAT": "json"}
    house = await Fireside.serve(data, url, **{f"FIRESIDE_{name}": value for name, value in settings.items()})
    house.links["metrics"] = str(port)
    yield house
    await house.stop()


async def test_requests_of_all_processes_are_counted_once_also_after_one_has_died(house):
    port = int(house.links["metrics"])
    labels = (("method", "GET"), ("route", "/"), ("status", "200"))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:

        async def welcome(times: int) -> None:
            for _ in range(times):
                async with session.get(f"{house.base_url}/") as response:
                    assert response.status == 200

        async def counted():
            _, samples = await scrape(session, port)
            return samples.get(("fireside_requests_total", labels), 0)

        await welcome(WELCOMES)
        await until(lambda: counted_is(counted, WELCOMES), what="the requests of all processes")
        os.kill(house.page_pids()[0], signal.SIGKILL)
        await until(lambda: lost_one(session, port), what="the process that was killed")
        await welcome(WELCOMES)
        await until(lambda: counted_is(counted, 2 * WELCOMES), what="those from before, and the new ones")
        for address in ("/l/wF3s-not-a-link", "/feed/some-secret.ics", "/people@example.org", "/healthz"):
            async with session.get(f"{house.base_url}{address}"):
                pass

        async def links_counted():
            text, _ = await scrape(session, port)
            return text if 'route="/l/{secret}"' in text and 'route="/feed/{secret}.ics"' in text else None

        text = await until(links_counted, what="the requests with secrets")
        _, samples = await scrape(session, port)
        assert [line for line in text.splitlines() if PERSONAL.search(line)] == []
        assert samples["fireside_up", (("part", "database"),)] == 1
        assert samples["fireside_relay_up", (("relay", "0"),)] == 1
        assert (samples["fireside_calls", ()], samples["fireside_emails_due", ()]) == (0, 0)
        assert samples["fireside_transaction_seconds_count", (("work", "read"),)] > 0
        assert samples["fireside_job_rounds_total", (("job", "send"), ("outcome", "ok"))] > 0
        async with session.get(f"{house.base_url}/metrics") as response:
            assert response.status == 404, "the pages never show them"
    lines = [json.loads(line) for line in house.log.read_text().splitlines()]
    said = " ".join(line["message"] for line in lines)
    assert "a process for pages has ended" in said
    assert "serves UDP port" in said, "the relay processes write the same form"


async def test_packets_and_their_delay_are_measured_in_each_relay_process(tmp_path, migrated):
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(migrated, tmp_path / "data")
    port = free_port()
    house = await Fireside.start(tmp_path / "data", FIRESIDE_METRICS=f"127.0.0.1:{port}")
    try:
        async with aiohttp.ClientSession() as session:

            async def seen():
                _, samples = await scrape(session, port)
                return {name: value for (name, labels), value in samples.items() if labels == (("relay", "0"),)}

            quiet = await seen()
            assert (quiet["fireside_relay_received_packets"], quiet["fireside_relay_delay_seconds"]) == (0, 0)
            checking = asyncio.create_task(examine(house.links["admin"], datetime.now(UTC)))

            async def busy():
                now = await seen()
                return now if now["fireside_relay_delay_seconds"] and now["fireside_relay_received_packets"] else None

            now = await until(busy, what="a second with packets")
            examined = await checking
            assert now["fireside_relay_delay_seconds"] <= now["fireside_relay_longest_delay_seconds"] < 10
            assert now["fireside_relay_loss_ratio"] == 0
            sent = sum(path.sent for path in examined.check.paths)

            async def all_counted():
                counted = await seen()
                names = ("fireside_relay_received_packets", "fireside_relay_sent_packets")
                return all(counted[name] >= sent for name in names)

            await until(all_counted, what="every packet of the check")
    finally:
        await house.stop()


async def counted_is(counted, wanted: int) -> bool:
    return await counted() == wanted


async def lost_one(session: aiohttp.ClientSession, port: int) -> bool:
    _, samples = await scrape(session, port)
    return samples.get(("fireside_page_processes_lost_total", ())) == 1


async def test_what_becomes_of_answers_by_email_is_counted_at_a_socket_that_outlasts_a_restart(tmp_path, migrated):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    url, port = f"sqlite+aiosqlite:///{shutil.copy(migrated, data)}", free_port()
    settings = {"METRICS": f"127.0.0.1:{port}", "LMTP": str(tmp_path / "lmtp.sock"), "REPLY_ADDRESS": "reply@x.example"}
    environment = {f"FIRESIDE_{name}": value for name, value in settings.items()}

    def refused() -> int:
        with smtplib.LMTP(settings["LMTP"], timeout=60) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("sam@example.org")
            return client.rcpt("reply+" + "a" * 36 + "@x.example")[0]

    house = await Fireside.serve(data, url, **environment)
    assert await asyncio.to_thread(refused) == 550
    # It leaves its socket behind, which the next one replaces.
    await house.kill()
    house = await Fireside.serve(data, url, **environment)
    try:
        assert [await asyncio.to_thread(refused) for _ in range(2)] == [550, 550]
        async with aiohttp.ClientSession() as session:
            _, samples = await scrape(session, port)
        assert samples["fireside_replies_total", (("outcome", "unknown"),)] == 2
    finally:
        await house.stop()
