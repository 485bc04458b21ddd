"""A relay process's end of its connection to a hub."""

import asyncio

from signaling.protocol import control

MAX_UNREAD = 8 * 1024 * 1024


class HubConnection:
    """`sockets`: the browser sockets that this hub opened. `gone` is set when the connection is over. `observes`:
    whether another hub keeps the record. `speaks`: the version of the protocol that it greeted in."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.sockets: set[str] = set()
        self.gone = asyncio.Event()
        self.observes = False
        self.speaks = control.VERSION
        self._writer = writer

    def post(self, message: control.RelayMessage) -> None:
        """Send one message, if its version knows it. A hub that does not read is disconnected, so that its messages do
        not fill the memory."""
        if not control.is_known_in(self.speaks, message):
            return
        if self._writer.transport.get_write_buffer_size() > MAX_UNREAD:
            self._writer.transport.abort()
        elif not self._writer.is_closing():
            self._writer.write(control.encode(message))

    def abort(self) -> None:
        """Cut the connection; what is not sent yet is lost."""
        self._writer.transport.abort()

    def close(self) -> None:
        """The connection is over, or nothing more is taken from it."""
        self._writer.close()
        self.gone.set()
