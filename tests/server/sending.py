"""A mailer of the whole product that sends to the test's mail server, and a clock to move on by hand."""

from datetime import datetime

import pytest

from server.app import make_mailer
from server.mail.mailer import Mailer
from server.mail.transport import SmtpTransport
from server.room.sealing import Sealer
from server.secret import ServerSecret
from tests.server.actors import NOW
from tests.smtp_server import SmtpServer

BASE = "https://fireside.example"
SEALER = Sealer(ServerSecret("of the tests"))


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
    return make_mailer(SmtpTransport(smtp_server.url), BASE, "Fireside <f@example.org>", clock, sealer=SEALER)
