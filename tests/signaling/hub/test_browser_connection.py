"""What a browser may send, through a real WebSocket to a real relay process."""

import time
from contextlib import suppress

import pytest
from aiohttp import WSMsgType

from signaling.protocol import messages
from tests.signaling.callers import Site


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "malformed"),
        ('{"type":"shout"}', "unknown_type"),
        ('{"type":"hello","version":9}', "wrong_version"),
        ('{"type":"state","microphone":true,"camera":true,"screen":1}', "malformed"),
        ('{"type":"resume","peer":"0"}', "unknown_peer"),
        ('{"type":"enter","offer":"v=0","microphone":true,"camera":true}', "bad_offer"),
        ("x" * (messages.MAX_BYTES + 1), "too_large"),
    ],
)
async def test_a_wrong_message_has_a_clear_error_and_changes_nothing(site: Site, text: str, code: str) -> None:
    ann, bob = await site.call("ann"), await site.call("bob")
    await ann.say("hello", version=1)
    await ann.hear("roster")
    await bob.enter()
    await ann.hear("roster")
    await ann.hear("roster")
    await bob.socket.send_str(text)
    error = await bob.hear("error")
    assert error["code"] == code
    assert error["text"].endswith(".")
    await bob.say("state", microphone=False, camera=True, screen=False)
    people = (await ann.hear("roster"))["people"]
    assert [(each["here"], each["microphone"], each["camera"]) for each in people] == [("in", False, True)]


async def test_binary_frames_are_malformed(site: Site) -> None:
    ann = await site.call("ann")
    await ann.socket.send_bytes(b'{"type":"leave"}')
    frame = await ann.socket.receive()
    assert frame.type is WSMsgType.TEXT
    assert '"code":"malformed"' in frame.data


async def test_twenty_malformed_messages_close_the_socket(site: Site) -> None:
    ann = await site.call("ann")
    for _ in range(20):
        await ann.socket.send_bytes(b"x")
    assert await ann.close_code() == messages.TOO_MANY_MALFORMED


@pytest.mark.alone
async def test_too_many_messages_close_the_socket_and_hurt_nobody_else(site: Site) -> None:
    flooding, ann = [await site.call("bob") for _ in range(5)], await site.call("ann")
    await ann.enter()
    delays = []
    for number in range(40):
        for caller in flooding:
            if not caller.socket.closed:
                with suppress(ConnectionError):
                    for _ in range(10):
                        await caller.say("ping", n=number)
        asked = time.monotonic()
        await ann.say("ping", n=number)
        assert await ann.hear("pong") == {"type": "pong", "n": number}
        delays.append(time.monotonic() - asked)
    assert [await caller.close_code() for caller in flooding] == [messages.TOO_MANY] * 5
    print(f"while five sockets flooded, the slowest answer took {max(delays) * 1000:.1f} ms")
    assert max(delays) < 0.1


async def test_a_frame_far_too_large_closes_the_socket(site: Site) -> None:
    ann = await site.call("ann")
    await ann.socket.send_str("x" * 2_000_000)
    assert await ann.close_code() == 1009
