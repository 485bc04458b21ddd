"""D1 for messages: `kill -9` of the server while two people write to each other, on the page and by email. What was
acknowledged stays, once.

FIRESIDE_FAULTS=long (`make faults`) kills 200 times, FIRESIDE_FAULTS=night 2,000, else 3.
"""

import asyncio
import os
import random
import smtplib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.mentorships.rules.reply_addresses import PURPOSE, ReplyAddresses, ReplyPlace
from server.mentorships.store.messages import messages_before
from server.room.sealing import Sealer
from server.secret import read_secret
from tests.cast import Fireside, free_port, until
from tests.crowd import Browser, Crowd

KILLS = {"long": 200, "night": 2000}.get(os.environ.get("FIRESIDE_FAULTS", ""), 3)
SEED = 20261129
# A word that no other byte of the database spells.
WORD = "Okapi"
AT_ONCE = 500
# One person may send 30 emails an hour into a mentorship; fewer than these are taken between two kills.
PAIRS = 20 + 2 * KILLS


@dataclass
class Writers:
    """Both write one message after the other, and send one again of which they do not know whether it came."""

    session: aiohttp.ClientSession
    path: str
    both: tuple[Browser, Browser]
    numbers: "count[int]" = field(default_factory=count)
    acknowledged: set[str] = field(default_factory=set)
    unsure: list[tuple[Browser, str]] = field(default_factory=list)
    sent: int = 0

    async def write(self, base_url: str, who: Browser) -> None:
        """Until the server dies."""
        while True:
            again = next((each for each in self.unsure if each[0] is who), None)
            text = again[1] if again else f"{WORD} {next(self.numbers)}"
            if again is None:
                self.unsure.append((who, text))
            self.sent += 1
            answer = await who.post(self.session, base_url + self.path, form=text, text=text)
            assert answer.status == 303, answer
            self.unsure.remove((who, text))
            self.acknowledged.add(text)


async def kept(database: Database, sealer: Sealer, mentorship_id: int) -> list[str]:
    """What all messages say, newest first."""
    found: list[str] = []
    before = None
    async with database.reading() as connection:
        while True:
            page = await messages_before(connection, sealer, mentorship_id, before, AT_ONCE)
            found += [message.body.text for message in page if message.body]
            if len(page) < AT_ONCE:
                return found
            before = page[-1].id


def bytes_of(folder: Path) -> bytes:
    """Of all files of the database."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("fireside.sqlite3*")))


@pytest.mark.timeout(30 * KILLS + 300)
async def test_no_acknowledged_message_is_lost_or_doubled_and_the_database_shows_none(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    url = f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}"
    database = Database(url)
    await migrate(database)
    crowd = await Crowd.gather(database, 1)
    [number] = crowd.mentorships
    house = await Fireside.serve(tmp_path / "data", url)
    sealer = Sealer(read_secret("", house.data))
    try:
        async with aiohttp.ClientSession() as session:
            writers = Writers(session, f"/mentorships/{number}/messages", (crowd.mentor, crowd.mentees[0]))
            for _ in range(KILLS):
                had = len(writers.acknowledged)
                tasks = [asyncio.create_task(writers.write(house.base_url, who)) for who in writers.both]
                await until(lambda had=had: len(writers.acknowledged) > had, what="a first message")
                # The moment is the point: somewhere within the first tenths of a second of writing.
                await asyncio.sleep(dice.random() * 0.4)
                await house.kill()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
                assert all(isinstance(error, aiohttp.ClientError) for error in ended), ended
                found = await kept(database, sealer, number)
                assert len(found) == len(set(found)), "a message came twice"
                assert writers.acknowledged <= set(found), "an acknowledged message was lost"
                house = await Fireside.serve(house.data, url)
            path = f"{house.base_url}/mentorships/{number}"
            assert f"{WORD} " in (await crowd.mentor.get(session, path)).text
    finally:
        await house.stop()
    await database.close()
    print(
        f"seed {SEED}: {KILLS} kills, {writers.sent} messages sent, {len(writers.acknowledged)} acknowledged, "
        f"{len(found)} kept, 0 lost, 0 doubled"
    )
    assert writers.sent > len(writers.acknowledged), "no kill ever fell into a write"
    assert WORD.encode() not in bytes_of(tmp_path)


@dataclass
class Correspondents:
    """Mail servers that hand in one email after the other, each into the next mentorship, and those again of which they
    do not know whether they were taken."""

    port: int
    places: list[tuple[str, str]]
    numbers: "count[int]" = field(default_factory=count)
    acknowledged: set[str] = field(default_factory=set)
    unsure: list[str] = field(default_factory=list)
    sent: int = 0

    def hand_in(self) -> None:
        """Until the server dies, which raises OSError or SMTPException."""
        with smtplib.LMTP("127.0.0.1", self.port, timeout=60) as client:
            client.ehlo_or_helo_if_needed()
            while True:
                text = self.unsure.pop() if self.unsure else f"{WORD} {next(self.numbers)}"
                to, sender = self.places[int(text.split()[1]) % len(self.places)]
                self.sent += 1
                try:
                    self._deliver(client, to, sender, text)
                except (OSError, smtplib.SMTPException):
                    self.unsure.append(text)
                    raise
                self.acknowledged.add(text)

    def _deliver(self, client: smtplib.LMTP, to: str, sender: str, text: str) -> None:
        number = text.split()[1]
        content = f"From: {sender}\r\nMessage-ID: <{number}@example.org>\r\n\r\n{text}\r\n"
        assert client.mail(sender)[0] == 250
        assert client.rcpt(to)[0] == 250
        code, said = client.data(content.encode())
        assert code == 250, said


@pytest.mark.timeout(30 * KILLS + 300)
async def test_no_answer_by_email_that_was_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    dice, port = random.Random(SEED), free_port()
    url = f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}"
    database = Database(url)
    await migrate(database)
    crowd = await Crowd.gather(database, PAIRS)
    settings = {"FIRESIDE_LMTP": f"127.0.0.1:{port}", "FIRESIDE_REPLY_ADDRESS": "reply@fireside.example"}
    house = await Fireside.serve(tmp_path / "data", url, **settings)
    secret, now = read_secret("", house.data), datetime.now(UTC)
    sealer, ours = Sealer(secret), ReplyAddresses(secret.key(PURPOSE), "reply@fireside.example")
    places = [
        (ours.make(ReplyPlace(mentorship, mentee.visitor.person.id), now), f"sam{number}.maya@example.org")
        for number, (mentorship, mentee) in enumerate(zip(crowd.mentorships, crowd.mentees, strict=True))
    ]
    both = Correspondents(port, places)
    try:
        for _ in range(KILLS):
            had = len(both.acknowledged)
            tasks = [asyncio.create_task(asyncio.to_thread(both.hand_in)) for _ in range(2)]
            await until(lambda had=had: len(both.acknowledged) > had, what="a first email")
            # The moment is the point: somewhere within the first tenths of a second.
            await asyncio.sleep(dice.random() * 0.4)
            await house.kill()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(error, OSError | smtplib.SMTPException) for error in ended), ended
            found = [text for number in crowd.mentorships for text in await kept(database, sealer, number)]
            assert len(found) == len(set(found)), "a message came twice"
            assert both.acknowledged <= set(found), "an acknowledged email was lost"
            house = await Fireside.serve(house.data, url, **settings)
    finally:
        await house.stop()
    await database.close()
    print(
        f"seed {SEED}: {KILLS} kills, {both.sent} emails handed in, {len(both.acknowledged)} acknowledged, "
        f"{len(found)} kept, 0 lost, 0 doubled"
    )
    assert both.sent > len(both.acknowledged), "no kill ever fell into an email"
    assert WORD.encode() not in bytes_of(tmp_path)
