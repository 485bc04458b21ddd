"""One web process a data folder: the next waits for one that is ending, and is refused by one that serves."""

import asyncio
import os

import pytest

from server.folder_lock import FolderInUse, lock_folder


async def test_it_is_free_again_after_its_release(tmp_path):
    for _ in range(2):
        (await lock_folder(tmp_path)).release()
    assert (tmp_path / "run" / "web.lock").stat().st_mode & 0o777 == 0o600


async def test_a_second_one_is_refused_and_told_who_serves_and_what_to_do(tmp_path):
    lock = await lock_folder(tmp_path)
    lock.sign()
    with pytest.raises(FolderInUse) as refused:
        await lock_folder(tmp_path)
    lock.release()
    for part in (f"process {os.getpid()}", str(tmp_path), "Nothing was changed", "--replace"):
        assert part in str(refused.value)


async def test_one_that_is_ending_is_waited_for(tmp_path):
    lock = await lock_folder(tmp_path)
    lock.mark_ending()
    waiting = asyncio.create_task(lock_folder(tmp_path))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()
    lock.release()
    (await asyncio.wait_for(waiting, 60)).release()


async def test_one_that_does_not_end_is_not_waited_for_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("server.folder_lock.ENDS_WITHIN_S", 0.1)
    lock = await lock_folder(tmp_path)
    lock.mark_ending()
    with pytest.raises(FolderInUse):
        await lock_folder(tmp_path)
    lock.release()


async def test_it_is_held_as_long_as_one_of_its_holders_lives(tmp_path):
    lock = await lock_folder(tmp_path)
    handed = os.dup(lock.descriptor)
    lock.release()
    with pytest.raises(FolderInUse):
        await lock_folder(tmp_path)
    os.close(handed)
    (await lock_folder(tmp_path)).release()
