"""What was freed between other things goes back to the system."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from signaling.worker.memory import give_back

KEPT, FREED = 500, 100_000


def resident() -> int:
    """Bytes of this process that are in memory and its own."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


def given_back() -> int:
    """How many bytes less a process has by it, which has freed most of what it took and holds something in between."""
    give_back()
    held: list[bytes | bytearray] = []
    for _ in range(200):
        # Below the size from which glibc asks the system for each block.
        held += bytes(KEPT), bytearray(FREED)
    del held[1::2]
    full = resident()
    give_back()
    assert len(held) == 200
    return full - resident()


def test_whole_pages_between_others_are_given_back() -> None:
    # In a new process: elsewhere what is held may lie in gaps that others left, and what is freed goes back by itself.
    with ProcessPoolExecutor(1, get_context("spawn")) as new_process:
        assert new_process.submit(given_back).result(60) > 100 * FREED
