"""The clock, the buffers and the disk of a machine."""

from pathlib import Path

from server.doctor.findings import Verdict
from server.doctor.machine import (
    BUFFER_BYTES,
    MEGABYTE,
    judge_buffers,
    judge_clock,
    judge_disk,
    look_at_buffers,
    look_at_clock,
    look_at_machine,
)

FOLDER = Path("/var/lib/fireside")
SIZE = 100_000 * MEGABYTE


def test_this_machine_tells_all_of_it(tmp_path):
    assert [each.part for each in look_at_machine(tmp_path, 0)] == ["Clock", "Buffers", "Disk"]
    assert look_at_clock() in (judge_clock(True), judge_clock(False))


def test_a_clock_that_nothing_keeps_right_needs_care():
    assert (judge_clock(True).verdict, judge_clock(False).verdict) == (Verdict.GOOD, Verdict.SOON)


def test_small_buffers_are_named_with_what_enlarges_them(tmp_path):
    for name, size in (("rmem_max", 212992), ("wmem_max", BUFFER_BYTES)):
        (tmp_path / name).write_text(f"{size}\n")
    found = look_at_buffers(tmp_path)
    assert found.verdict is Verdict.SOON
    assert found.said.startswith("net.core.rmem_max is 212992: ")
    assert found.help.startswith("Run: sysctl --write net.core.rmem_max=4194304 and")
    assert judge_buffers({"rmem_max": BUFFER_BYTES, "wmem_max": BUFFER_BYTES}).verdict is Verdict.GOOD
    assert look_at_buffers(tmp_path / "none") is None


def test_a_disk_needs_room_for_what_comes_and_for_a_backup():
    found = [
        judge_disk(FOLDER, free * MEGABYTE, SIZE, database * MEGABYTE).verdict
        for free, database in ((50_000, 100), (4_000, 100), (20_000, 30_000), (99, 1))
    ]
    assert found == [Verdict.GOOD, Verdict.SOON, Verdict.SOON, Verdict.WRONG]
