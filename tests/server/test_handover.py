"""From one web process to the next: the lock, the sockets and the relay processes, or nothing at all."""

import asyncio
import socket
from dataclasses import dataclass, field

import pytest

from server.folder_lock import FolderInUse, lock_folder
from server.handover import ask_for_handover, offer_handover
from tests.cast import until


@dataclass
class Relays:
    """What a hub is asked to do with its relay processes."""

    asked: list[str] = field(default_factory=list)

    def yield_relays(self) -> None:
        self.asked.append("yield")

    def take_relays_back(self) -> None:
        self.asked.append("take back")


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


async def test_the_next_one_gets_lock_and_sockets_and_says_when_it_serves(tmp_path, listening):
    lock, hub = await lock_folder(tmp_path), Relays()
    offering = asyncio.create_task(offer_handover(tmp_path, lock, [listening], hub))
    await asyncio.sleep(0)
    handed = await asyncio.to_thread(ask_for_handover, tmp_path)
    assert hub.asked == ["yield"]
    assert [each.getsockname() for each in handed.sockets] == [listening.getsockname()]
    assert not offering.done()
    handed.go()
    await asyncio.wait_for(offering, 10)
    lock.release()
    with pytest.raises(FolderInUse):
        await lock_folder(tmp_path)
    handed.lock.release()
    handed.connection.close()
    for each in handed.sockets:
        each.close()
    (await lock_folder(tmp_path)).release()


async def test_when_the_next_one_fails_all_is_as_it_was(tmp_path, listening):
    lock, hub = await lock_folder(tmp_path), Relays()
    offering = asyncio.create_task(offer_handover(tmp_path, lock, [listening], hub))
    await asyncio.sleep(0)
    for _ in range(2):
        handed = await asyncio.to_thread(ask_for_handover, tmp_path)
        handed.lock.release()
        for each in (*handed.sockets, handed.connection):
            each.close()
    await until(lambda: hub.asked == ["yield", "take back"] * 2)
    assert not offering.done()
    with pytest.raises(FolderInUse):
        await lock_folder(tmp_path)
    offering.cancel()
    lock.release()


async def test_nobody_there_is_no_error(tmp_path, listening):
    assert ask_for_handover(tmp_path) is None
    (tmp_path / "run").mkdir()
    socket.socket(socket.AF_UNIX).bind(str(tmp_path / "run" / "web.sock"))
    assert ask_for_handover(tmp_path) is None


async def test_one_that_hangs_or_is_busy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("server.handover.HANDED_WITHIN_S", 0.2)
    (tmp_path / "run").mkdir()
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(tmp_path / "run" / "web.sock"))
        hanging.listen()
        with pytest.raises(FolderInUse, match="did not hand over"):
            await asyncio.to_thread(ask_for_handover, tmp_path)
