"""A process that serves pages beside the main one: `python -m server.page_process CHANNEL LISTENING…`.

The arguments are descriptors. The main process starts it (server/page_processes.py), and it ends with it.
"""

import asyncio
import pickle
import signal
import socket
import sys
from collections.abc import Sequence

from aiohttp import web

from server.app import make_page_app
from server.config import Settings
from server.logs import log_to_stderr
from server.web.connections import ConnectionLimits, LimitedSite, most_connections, raise_descriptor_limit
from server.web.draining import drain
from server.web.main_process import LARGEST_FROM_MAIN, MainProcess

FINISHES_WITHIN_S = 20.0


def main() -> None:
    # Who ends the main process from a terminal, or by its group, ends this one through it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    channel, *listening = (socket.socket(fileno=int(descriptor)) for descriptor in sys.argv[1:])
    for each in (channel, *listening):
        each.set_inheritable(False)
    packet = channel.recv(LARGEST_FROM_MAIN)
    if packet:
        settings: Settings = pickle.loads(packet)  # noqa: S301 from the process that has started this one
        log_to_stderr(settings.secrets, settings.log_format)
        asyncio.run(serve(settings, channel, listening))


async def serve(settings: Settings, channel: socket.socket, listening: Sequence[socket.socket]) -> None:
    """Serves until the main process ends, or says so."""
    raise_descriptor_limit()
    main_process = MainProcess(channel)
    app = make_page_app(settings, main_process)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    try:
        await runner.setup()
        limits = ConnectionLimits(settings.proxies, most_connections())
        for each in listening:
            await LimitedSite(runner, each, limits, settings.web_processes).start()
        main_process.tell_ready()
        linger = await main_process.end()
        for site in runner.sites:
            await site.stop()
        if linger is not None:
            await drain(app, lambda: len(runner.server.connections) if runner.server else 0, linger, FINISHES_WITHIN_S)
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    main()
