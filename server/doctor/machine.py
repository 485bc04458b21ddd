"""The machine: its clock, the kernel's buffers for sockets, and the room on the disk."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

from server.doctor.findings import DoctorFinding, good, soon, wrong

# What a relay process asks for (signaling/sockets/udp.py).
BUFFER_BYTES = 4 * 1024 * 1024
KERNEL = Path("/proc/sys/net/core")
BUFFERS = ("rmem_max", "wmem_max")
MEGABYTE = 1_000_000
LITTLE_ROOM, NO_ROOM = 1_000 * MEGABYTE, 100 * MEGABYTE
LEAST_SHARE = 0.05
# adjtimex(2): the return value of a clock that nothing keeps right. The structure has 208 bytes on 64-bit machines.
TIME_ERROR = 5
TIMEX_BYTES = 256


def look_at_clock() -> DoctorFinding | None:
    """None where the system does not tell."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (AttributeError, OSError):
        return None
    return judge_clock(state != TIME_ERROR) if state >= 0 else None


def judge_clock(synchronized: bool) -> DoctorFinding:
    if synchronized:
        return good("Clock", "it is kept right.")
    return soon(
        "Clock",
        "nothing keeps it right. Calls open by it, and emails and passkeys need it.",
        "Run: apt install systemd-timesyncd && systemctl enable --now systemd-timesyncd",
    )


def look_at_buffers(kernel: Path = KERNEL) -> DoctorFinding | None:
    """None where the system has no such limits."""
    try:
        return judge_buffers({name: int((kernel / name).read_text()) for name in BUFFERS})
    except OSError:
        return None


def judge_buffers(most: dict[str, int]) -> DoctorFinding:
    """`most`: the largest buffer of a socket in bytes, by the name of the kernel's setting."""
    small = {name: most[name] for name in BUFFERS if most[name] < BUFFER_BYTES}
    if not small:
        return good("Buffers", "sockets may have 4 MiB.")
    said = " and ".join(f"net.core.{name} is {size}" for name, size in small.items())
    settings = " ".join(f"net.core.{name}={BUFFER_BYTES}" for name in small)
    return soon(
        "Buffers",
        f"{said}: packets of calls are lost when the machine is busy.",
        f"Run: sysctl --write {settings} and keep it: deploy/sysctl.conf goes to /etc/sysctl.d/60-fireside.conf",
    )


def look_at_disk(folder: Path, database_bytes: int) -> DoctorFinding:
    """`folder` must be there; `database_bytes` are those of a database in it, which a backup copies there."""
    state = os.statvfs(folder)
    return judge_disk(folder, state.f_bavail * state.f_frsize, state.f_blocks * state.f_frsize, database_bytes)


def judge_disk(folder: Path, free: int, size: int, database_bytes: int) -> DoctorFinding:
    """All in bytes."""
    said = f"{free // MEGABYTE} MB of {size // MEGABYTE} MB are free at {folder}"
    advice = f"Make room. This shows what fills it: du -xh --max-depth=2 {folder} | sort -h"
    if free < NO_ROOM:
        return wrong("Disk", f"{said}: soon nothing can be kept.", advice)
    if free < database_bytes:
        return soon("Disk", f"{said}: a backup needs {database_bytes // MEGABYTE} MB there for a while.", advice)
    if free < LITTLE_ROOM or free < size * LEAST_SHARE:
        return soon("Disk", f"{said}.", advice)
    return good("Disk", f"{said}.")


def look_at_machine(folder: Path, database_bytes: int) -> Iterator[DoctorFinding]:
    """What could be found out."""
    found = (look_at_clock(), look_at_buffers(), look_at_disk(folder, database_bytes))
    yield from (each for each in found if each is not None)
