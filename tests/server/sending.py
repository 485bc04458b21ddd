"""A mailer of the whole product that sends to the test's mail server, and a clock to move on by hand."""

from datetime import datetime
from pathlib import Path

import pytest

from server.app import make_mailer
from server.db.database import Database
from server.mail.mailer import Mailer
from server.mail.transport import SmtpTransport
from server.room.sealing import Sealer
from server.secret import ServerSecret, read_secret
from tests.server.actors import NOW
from tests.smtp_server import SmtpServer

BASE = "https://fireside.example"
SEALER = Sealer(ServerSecret("of the tests"))


def secret_of(database: Database) -> ServerSecret:
    """That of the server whose database this is: in a file beside it, so it is one of SQLite."""
    assert database.is_sqlite
    return read_secret("", Path(database.engines[0].url.database or "").parent)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailer(smtp_server: SmtpServer, clock: Clock) -> Mailer:
    return make_mailer(
        SmtpTransport(smtp_server.url), BASE, "Fireside <f@example.org>", clock, sealer=SEALER, guest_key=bytes(32)
    )
