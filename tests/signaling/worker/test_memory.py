"""What was freed between other things goes back to the system."""

from pathlib import Path

from signaling.worker.memory import give_back

KEPT, FREED = 500, 100_000


def resident() -> int:
    """Bytes of this process that are in memory and its own."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


def test_whole_pages_between_others_are_given_back() -> None:
    give_back()
    held: list[bytes | bytearray] = []
    for _ in range(200):
        # Below the size from which glibc asks the system for each block.
        held += bytes(KEPT), bytearray(FREED)
    del held[1::2]
    full = resident()
    give_back()
    assert full - resident() > 100 * FREED
    assert len(held) == 200
