"""A process that answers at a relay's control socket, but not as a relay process should.

    python tests/odd_relay.py --control PATH PLAN

PLAN is the JSON of an OddPlan's fields. It uses nothing but Python's own library, so that a thousand start quickly.
"""

import fcntl
import json
import os
import random
import signal
import socket
import sys
import time
from contextlib import suppress

STAGES = ("connected", "greeted by the hub", "in its greeting", "greeting", "ready")
OTHER_VERSION = -1


def line(**fields):
    return json.dumps(fields).encode() + b"\n"


def greeting(plan):
    return line(
        type="greeting",
        version=plan["version"],
        relay=f"{random.getrandbits(64):x}",
        pid=os.getpid() if plan["pid"] is None else plan["pid"],
        port=9,
        settings=plan["settings"],
    )


def drip(connection, plan):
    while True:
        connection.send(b"x")
        time.sleep(0.1)


def flood(connection, plan):
    while True:
        connection.send(line(type="heartbeat", peers=0, dropped=0))
        time.sleep(0.1)


def hang(connection, plan):
    time.sleep(3600)


def stop(connection, plan):
    os.kill(os.getpid(), signal.SIGSTOP)


def end(connection, plan):
    os._exit(3)


def hang_up(connection, plan):
    connection.close()


def send(text):
    def act(connection, plan):
        connection.sendall(text)
        hang(connection, plan)

    return act


def send_noise(connection, plan):
    noise = random.Random(plan["seed"])
    connection.sendall(noise.randbytes(noise.randrange(1, 4000)) + b"\n")
    hang(connection, plan)


def greet_again(connection, plan):
    connection.sendall(greeting(plan))
    hang(connection, plan)


ACTS = {
    "hangs": hang,
    "stops": stop,
    "ends": end,
    "hangs up": hang_up,
    "drips": drip,
    "is never ready": flood,
    "sends noise": send_noise,
    "sends no line's end": send(b"x" * 2_000_000),
    "sends an empty line": send(b"\n"),
    "sends what hubs send": send(line(type="end")),
    "sends half a message": send(b'{"type":"heartbeat","peers":'),
    "closes with no code": send(line(type="close", socket="s", code=99_999)),
    "greets again": greet_again,
}


def act_out(connection, plan):
    stage, act = STAGES.index(plan["stage"]), ACTS[plan["act"]]
    if stage == 0:
        return act(connection, plan)
    connection.recv(65536)
    if stage == 1:
        return act(connection, plan)
    said = greeting(plan)
    if stage == 2:
        connection.sendall(said[: random.Random(plan["seed"]).randrange(1, len(said) - 1)])
        return act(connection, plan)
    connection.sendall(said)
    if stage == 3:
        return act(connection, plan)
    connection.sendall(line(type="ready", attendances=[]))
    return act(connection, plan)


def main():
    path, plan = sys.argv[2], json.loads(sys.argv[3])
    if plan["locks"]:
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    with suppress(FileNotFoundError):
        os.unlink(path)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    while True:
        connection, _ = listening.accept()
        with suppress(OSError):
            act_out(connection, plan)


if __name__ == "__main__":
    main()
