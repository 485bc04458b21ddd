"""What serves pages beside the main process: the real application without calls and jobs, there within a second."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from server.app import make_page_app
from server.config import read_settings
from server.db.database import Database
from server.db.schema import migrate
from server.web.connections import ConnectionLimits, LimitedSite, most_connections
from server.web.keys import DATABASE
from server.web.main_process import MainProcess
from tests.server.site import Site


@dataclass
class PageSite(Site):
    """`data` is its data folder."""

    data: Path


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PageSite]:
    data: Path = tmp_path_factory.mktemp("pages")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, socket.create_server(("127.0.0.1", 0)) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = read_settings({}, given={"data": str(data), "base_url": base_url})
        database = Database(settings.database_url)
        await migrate(database)
        runner = web.AppRunner(make_page_app(settings, MainProcess(ours)))
        await runner.setup()
        listening.setblocking(False)
        await LimitedSite(runner, listening, ConnectionLimits(settings.proxies, most_connections())).start()
        reading = asyncio.create_task(_read_all(theirs))
        here = PageSite(base_url, runner.app[DATABASE], data)
        yield here
        await asyncio.gather(*(session.close() for session in here.sessions))
        await runner.cleanup()
        reading.cancel()
        ours.close()
        await database.close()


async def _read_all(channel: socket.socket) -> None:
    """What the main process would be told."""
    channel.setblocking(False)
    while await asyncio.get_running_loop().sock_recv(channel, 256 * 1024):
        pass
