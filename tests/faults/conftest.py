"""What is tried here is done more often than people do it."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.conftest import CHROMIUM_ARGUMENTS
from tests.crowd import unlimited

# It installs a Debian, which takes many minutes.
collect_ignore = [] if os.environ.get("FIRESIDE_FAULTS") == "long" else ["test_hosting.py"]


@pytest.fixture(scope="module", autouse=True)
def no_limits() -> Iterator[None]:
    with unlimited():
        yield


@pytest.fixture(scope="session")
async def running_chromium() -> AsyncIterator[Browser]:
    """With a camera as quick as real ones: what a network loses of it is counted here."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()
