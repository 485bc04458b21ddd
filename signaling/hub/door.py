"""The door of a machine: hubs of other machines reach its relay processes here, by TCP with mutual TLS.

What they say is passed on to a relay process's Unix socket as it is, so that a relay process knows nothing of machines.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from signaling.codec import MalformedMessage
from signaling.hub.certificates import MachineIdentity, fingerprint, trust
from signaling.protocol.control import MAX_LINE, parse_through
from signaling.sockets.local import short_path

log = logging.getLogger(__name__)

# To shake hands, and then to say which relay process is meant.
KNOWN_WITHIN = 5.0
# Who does not take what is sent is cut off; a heartbeat is sent every second.
UNTAKEN_FOR = 5.0
AT_ONCE = 64 * 1024


class RelayDoor:
    """`find` gives the control socket of the relay process with this name of its life, None where there is none."""

    def __init__(self, identity: MachineIdentity, find: Callable[[str], Path | None]) -> None:
        self._context = identity.server_context()
        self._find = find
        self._admitted: frozenset[str] = frozenset()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.StreamWriter] = set()

    async def open(self, host: str, port: int) -> None:
        """Listen; the process that takes this one's place may do so, too. Raises OSError."""
        self._server = await asyncio.start_server(
            *(self._serve, host, port),
            ssl=self._context,
            ssl_handshake_timeout=KNOWN_WITHIN,
            reuse_port=True,
            limit=MAX_LINE,
        )

    def admit(self, certificates: Collection[str]) -> None:
        """From now on only machines with one of these certificates (PEM) get in; others are cut off."""
        by_fingerprint = {fingerprint(each): each for each in certificates}
        for new in by_fingerprint.keys() - self._admitted:
            trust(self._context, by_fingerprint[new])
        self._admitted = frozenset(by_fingerprint)
        for writer in list(self._serving):
            if _shown_by(writer) not in self._admitted:
                writer.transport.abort()

    def stop_listening(self) -> None:
        """Those who are connected stay."""
        if self._server is not None:
            self._server.close()

    def close(self) -> None:
        """Cut everybody off."""
        self.stop_listening()
        for writer in list(self._serving):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if _shown_by(writer) not in self._admitted:
            # It was known once: the context forgets nobody.
            writer.transport.abort()
            return
        self._serving.add(writer)
        try:
            _bound_untaken(writer)
            async with asyncio.timeout(KNOWN_WITHIN):
                path = self._find(parse_through(await reader.readline()).relay)
            if path is not None:
                await _pass_on(reader, writer, path)
        except (OSError, TimeoutError, ValueError, MalformedMessage) as error:
            log.warning("a hub of another machine is disconnected: %s", error)
        finally:
            self._serving.discard(writer)
            writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: Path) -> None:
    """Both ways, until either side hangs up."""
    with short_path(path) as name:
        inner_reader, inner_writer = await asyncio.open_unix_connection(name, limit=MAX_LINE)
    ways = [
        asyncio.create_task(_copy(reader, inner_writer)),
        asyncio.create_task(_copy(inner_reader, writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        inner_writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while content := await reader.read(AT_ONCE):
            writer.write(content)
            await writer.drain()


def _shown_by(writer: asyncio.StreamWriter) -> str:
    """The fingerprint of the certificate at the other end."""
    shown: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    certificate = shown.getpeercert(binary_form=True) if shown is not None else None
    return fingerprint(certificate) if certificate else ""


def _bound_untaken(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(UNTAKEN_FOR * 1000))
