"""W5: a call's socket under nonsense, giants and haste: refused, capped, limited; the others do not notice.

FIRESIDE_FAULTS=long sends 100,000 messages of nonsense, else 5,000.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from contextlib import suppress
from statistics import quantiles

import aiohttp
import pytest

from server.catchups.rules.bookings import Booking
from signaling.protocol.messages import TOO_MANY, TOO_MANY_MALFORMED
from tests.cast import Fireside, until
from tests.crowd import Browser, Crowd
from tests.talkers import Talker

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
MESSAGES = 100_000 if LONG else 5_000
SEED = 20261125
TOO_BIG = 1009
# The long form has the machine for itself; in both, whoever sends nonsense and whoever measures share one process.
P99_S = 0.1 if LONG else 1.5
GOOD = (
    {"type": "hello", "version": 1},
    {"type": "enter", "offer": "v=0", "microphone": True, "camera": False},
    {"type": "resume", "peer": "p1"},
    {"type": "state", "microphone": True, "camera": True, "screen": False},
    {"type": "leave"},
    {"type": "ping", "n": 1},
)
PINGS = 20
ODD = (None, True, -1, 2**70, 1e308, "", "\0", "ÿ" * 3000, [], {}, [[[]]], {"type": "hello"}, float("nan"))


class Bystanders:
    """Two in another call of their own: how long their pings take, and whether they hear each other all along."""

    def __init__(self, talkers: list[Talker]) -> None:
        self.talkers = talkers
        self.took: list[float] = []
        self._pinging = asyncio.create_task(self._ping())

    @classmethod
    async def enter(cls, house: Fireside, crowd: Crowd) -> "Bystanders":
        others = await Crowd.gather(crowd.database, 1, "other")
        booking = await others.call(0)
        both = (others.mentor, others.mentees[0])
        talkers = [await Talker.enter(house.base_url, booking.id, each.token) for each in both]
        await until(lambda: all(talker.heard for talker in talkers), what="sound")
        return cls(talkers)

    async def _ping(self) -> None:
        socket, number = self.talkers[0].socket, 0
        while True:
            number += 1
            began = time.perf_counter()
            await socket.send_json({"type": "ping", "n": number})
            while (await socket.receive_json()).get("n") != number:
                pass
            self.took.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)

    async def end(self) -> str:
        """What they noticed. Fails when it was something."""
        # On a fast machine all is over before they have pinged twice.
        await until(lambda: self._pinging.done() or len(self.took) >= PINGS, what="pings of the others")
        self._pinging.cancel()
        with suppress(asyncio.CancelledError):
            await self._pinging
        lost = [self.talkers[not of].peer.sent - len(talker.heard) for of, talker in enumerate(self.talkers)]
        for talker in self.talkers:
            await talker.leave()
        p99 = quantiles(self.took, n=100)[98]
        assert p99 < P99_S
        assert max(lost) < 10, "packets were lost on the way"
        return (
            f"others' pings: p99 {1000 * p99:.0f} ms of {len(self.took)}; packets of theirs under way or lost: {lost}"
        )


async def dial(session: aiohttp.ClientSession, house: Fireside, who: Browser, booking: Booking, origin: str | None):
    headers = {"Cookie": f"fireside={who.token}"}
    return await session.ws_connect(
        f"{house.base_url}/calls/{booking.id}/socket", origin=origin, headers=headers, max_msg_size=0
    )


def nonsense(dice: random.Random) -> str | bytes:
    """A good message spoilt: cut, with a bit turned, a field lost, added or of another kind; or bytes."""
    message = dict(dice.choice(GOOD))
    kind = dice.randrange(6)
    if kind == 0:
        message[dice.choice([*message, "new"])] = dice.choice(ODD)
    elif kind == 1:
        del message[dice.choice(list(message))]
    text = json.dumps(message)
    if kind == 2:
        return text[: dice.randrange(len(text))]
    if kind == 3:
        at = dice.randrange(len(text))
        return text[:at] + chr(ord(text[at]) ^ 1 << dice.randrange(7)) + text[at + 1 :]
    if kind == 4:
        return dice.randbytes(dice.randrange(300))
    return "[" * dice.randrange(1, 3000) if kind == 5 else text


@pytest.mark.alone
@pytest.mark.timeout(1800)
async def test_nonsense_is_refused_and_others_do_not_notice(house: Fireside, crowd: Crowd) -> None:
    dice = random.Random(SEED)
    booking, who = await crowd.call(0), crowd.mentor
    others = await Bystanders.enter(house, crowd)
    sent, closed, heard = 0, Counter[int | None](), Counter[str]()
    began = time.monotonic()
    async with aiohttp.ClientSession() as session:
        while heard.total() < MESSAGES:
            socket = await dial(session, house, who, booking, house.base_url)
            with suppress(ConnectionError, aiohttp.ClientError):
                for _ in range(25):
                    said = nonsense(dice)
                    await (socket.send_bytes(said) if isinstance(said, bytes) else socket.send_str(said))
                    sent += 1
                    await asyncio.sleep(0)
            async with asyncio.timeout(10):
                async for frame in socket:
                    told = json.loads(frame.data)
                    heard[told.get("code") or told["type"]] += 1
            closed[socket.close_code] += 1
    noticed = await others.end()
    print(
        f"seed {SEED}: {heard.total()} of {sent} messages judged in {time.monotonic() - began:.0f} s, "
        f"{dict(heard)}, closes {dict(closed)}"
    )
    print(noticed)
    assert set(closed) <= {TOO_MANY_MALFORMED, TOO_MANY, 4000}
    assert house.process.returncode is None
    assert await house.healthy()


@pytest.mark.alone
async def test_giants_are_cut_off_and_haste_is_slowed(house: Fireside, crowd: Crowd) -> None:
    booking, who = await crowd.call(0), crowd.mentor
    others = await Bystanders.enter(house, crowd)
    async with aiohttp.ClientSession() as session:
        for _ in range(20):
            socket = await dial(session, house, who, booking, house.base_url)
            with suppress(ConnectionError, aiohttp.ClientError):
                await socket.send_str("x" * (2 << 20))
            async with asyncio.timeout(10):
                async for _ in socket:
                    pass
            assert socket.close_code in (TOO_BIG, 1006), "the giant was taken"
        socket = await dial(session, house, who, booking, house.base_url)
        answered, hasty = Counter[str](), 0
        with suppress(ConnectionError, aiohttp.ClientError):
            for hasty in range(1000):
                await socket.send_json({"type": "ping", "n": hasty})
        async with asyncio.timeout(10):
            async for frame in socket:
                answered[frame.json().get("code", "pong")] += 1
        assert socket.close_code == TOO_MANY
    noticed = await others.end()
    print(f"20 giants cut off; of {hasty + 1} in haste {dict(answered)}; {noticed}")
    assert answered["pong"] <= 150
    assert answered["too_often"] == 1


async def test_pages_of_others_have_no_socket(house: Fireside, crowd: Crowd) -> None:
    booking = await crowd.call(0)
    async with aiohttp.ClientSession() as session:
        for origin in (None, "null", "http://elsewhere.example", "http://127.0.0.1:1"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await dial(session, house, crowd.mentor, booking, origin)
            assert refusal.value.status == 404
