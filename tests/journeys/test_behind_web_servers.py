"""Fireside behind Caddy and behind nginx, configured as docs/hosting.md says."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser

from server.doctor.certificate import look_at_certificate
from server.doctor.findings import Verdict
from server.doctor.front import judge_forwarding
from server.doctor.media import examine
from tests.cast import Fireside, free_port
from tests.fronts import FRONTS, Front, front
from tests.journeys.conftest import into_call
from tests.journeys.seen import sees_and_hears


@asynccontextmanager
async def served_behind(kind: str, folder: Path, migrated: Path) -> AsyncIterator[tuple[Fireside, Front]]:
    pages = free_port()
    (folder / "data").mkdir(mode=0o700)
    (folder / "front").mkdir()
    shutil.copy(migrated, folder / "data")
    async with front(kind, folder / "front", pages) as own:
        settings = {"port": str(pages), "FIRESIDE_BASE_URL": own.base_url, "FIRESIDE_PROXIES": "1"}
        house = await Fireside.start(folder / "data", **settings)
        try:
            yield house, own
        finally:
            await house.stop()


@pytest.mark.parametrize("kind", FRONTS)
async def test_the_doctor_finds_nothing_wrong_and_no_personal_link_is_logged(
    kind: str, tmp_path: Path, migrated: Path
) -> None:
    """WebSockets pass, the visitor's address is named once, and the certificate is good."""
    async with served_behind(kind, tmp_path, migrated) as (house, own):
        now = datetime.now(UTC)
        examined = await examine(house.links["admin"], now, own.trusted)
        assert [each for each in examined.check.findings if not each.works] == []
        assert judge_forwarding(examined.forwarded, 1).verdict is Verdict.GOOD
        assert (await look_at_certificate(own.base_url, now, own.trusted)).verdict is Verdict.GOOD
        # Also while Fireside is away, which both write into their log of errors.
        await house.kill()
        async with aiohttp.ClientSession() as session, session.get(house.links["mentor"], ssl=False) as answer:
            assert answer.status == 502
        secrets = [link.rpartition("/l/")[2] for link in house.links.values() if "/l/" in link]
        assert "/media-check/socket" in own.logged
        assert [secret for secret in secrets if secret in own.logged] == []


async def test_two_people_meet_through_caddy(tmp_path: Path, migrated: Path, chromium: Browser) -> None:
    async with served_behind("caddy", tmp_path, migrated) as (house, _):
        contexts = [await chromium.new_context(ignore_https_errors=True) for _ in range(2)]
        mentor, mentee = [await context.new_page() for context in contexts]
        await into_call(house, mentor, mentee)
        await sees_and_hears(mentor.evaluate)
        await sees_and_hears(mentee.evaluate)
        for context in contexts:
            await context.close()
