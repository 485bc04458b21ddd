from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from tests.signaling.callers import Site
from tests.signaling.small_web import make_app


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with TestServer(make_app(tmp_path)) as server, ClientSession() as session:
        yield Site(tmp_path, server, session)
