"""What the relay process needs for a forwarded packet, and how long it delays it, next to the least that is needed.

Run by `make bench`; `python -m bench.relay 8` sends each peer's packets in bursts of eight. Each row is a relay process
of its own under the load of bench/load.py: calls of two real DTLS-SRTP peers who each send 250 packets of 1,000 bytes a
second. bench/floor.py is the crypto alone, bench/echo.py the system alone, on the same loop and at the same rate;
together they are the least for any relay that sends datagrams. bench/stock.py is aiortc's way.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SECONDS = 6.0
RATES = (500, 2_000, 10_000, 20_000)
PACKETS_A_CALL = 500
GCM, SHA1 = "SRTP_AEAD_AES_256_GCM", "SRTP_AES128_CM_SHA1_80"
# The portable port is used where a system has no batches.
START = {
    "batched": "from signaling.worker.main import main; raise SystemExit(main())",
    "portable": "import signaling.sockets.ports as ports; ports.available = lambda: False;"
    " from signaling.worker.main import main; raise SystemExit(main())",
}


def run(module: str, *arguments: object) -> Any:
    """Run one program of this folder in a process of its own; returns its figures."""
    command = [sys.executable, "-m", f"bench.{module}", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)  # noqa: S603  # our own
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def relay(kind: str, rate: int, profile: str, burst: int) -> Any:
    """One relay process under load, with one port on every address, as by default."""
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder) / "relay.sock"
        where = ["--control", str(control)]
        process = subprocess.Popen([sys.executable, "-c", START[kind], *where], stderr=subprocess.DEVNULL)  # noqa: S603  # our own
        try:
            end = time.monotonic() + 20
            while not control.exists():
                assert time.monotonic() < end, "the relay process does not start"
                time.sleep(0.02)
            return run("load", control, rate // PACKETS_A_CALL, SECONDS, profile, burst)
        finally:
            # With SIGTERM it would finish its calls first.
            process.kill()
            process.wait(20)


def main() -> None:
    burst = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    print(f"{os.cpu_count()} cores; load average before: {os.getloadavg()[0]:.1f}; packets at once: {burst}")
    show(GCM, RATES, burst)
    # The profile that every browser must support, and that a processor without AES instructions would choose.
    show(SHA1, (10_000,), burst)
    stock = run("stock", SECONDS)
    print(f"aiortc with MediaRelay, decoding and encoding: {stock['rate']:.0f}/s at {stock['cpu_us']:.0f} µs a packet")


def show(profile: str, rates: Sequence[int], burst: int) -> None:
    floor = run("floor", 20, profile)
    print(f"\n{profile}: crypto alone {floor['tight_us']:.2f} µs a packet in a row,", end=" ")
    print(f"{floor['paced_us']:.2f} µs in batches every 0.5 ms")
    print("port     packets/s  lost/sent      CPU µs  × crypto  system µs  × both", end="  ")
    print("delay ms p50/p99  direct p50/p99  kB a call")
    for rate in rates:
        calls = rate // PACKETS_A_CALL
        # Any relay that sends datagrams needs at least the system's part and the crypto.
        system = run("load", "echo", calls, SECONDS / 2, profile, burst)["cpu_us"]
        direct = run("load", "direct", calls, SECONDS / 2, profile, burst)
        for kind in START:
            ours = relay(kind, rate, profile, burst)
            assert ours["proven"], "no packet was decrypted"
            cpu = ours["cpu_us"]
            print(
                f"{kind:8} {ours['rate']:9.0f}  {ours['lost']}/{ours['sent']:<10}  {cpu:7.1f}"
                f"  {cpu / floor['tight_us']:8.1f}  {system:9.1f}  {cpu / (system + floor['paced_us']):6.1f}"
                f"  {ours['p50_ms']:8.2f} /{ours['p99_ms']:6.2f}  {direct['p50_ms']:6.2f} /{direct['p99_ms']:6.2f}"
                f"  {ours['bytes_a_call'] / 1000:9.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
