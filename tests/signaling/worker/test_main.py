"""The relay process as a process: started, spoken to over its Unix socket, adopted, and ending by itself."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from signaling.news import Joined, Left
from signaling.protocol import control, messages
from signaling.seat import Seat
from signaling.sockets.tcp import MAX_CONNECTIONS
from signaling.worker.main import TAKEN
from tests.signaling.callers import make_offer, until
from tests.signaling.stun_server import StunServer

SEAT = Seat("7", "ann", "Ann")


@dataclass
class Hub:
    """Speaks the control protocol by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: list[control.RelayMessage] = field(default_factory=list)

    @classmethod
    async def dial(cls, path: Path) -> "Hub":
        return cls(*await asyncio.open_unix_connection(path))

    def say(self, *said: control.HubMessage) -> None:
        self.writer.write(b"".join(control.encode(message) for message in said))

    async def hear(self, *wanted: type[control.RelayMessage]) -> control.RelayMessage:
        """The next message of one of these types; the others are kept."""
        async with asyncio.timeout(10):
            while not (fitting := [message for message in self.heard if isinstance(message, wanted)]):
                line = await self.reader.readline()
                assert line, "the relay process hung up"
                self.heard.append(control.parse_relay(line))
        self.heard.remove(fitting[0])
        return fitting[0]

    async def hear_news(self) -> tuple[int, Joined | Left]:
        """The next news, and its number."""
        message = await self.hear(control.NumberedNews)
        assert isinstance(message, control.NumberedNews)
        return message.number, message.news

    async def hear_left(self) -> tuple[int, Left]:
        """The next news of somebody who left, and its number; other news is skipped."""
        while True:
            number, news = await self.hear_news()
            if isinstance(news, Left):
                return number, news

    async def greet(self, *, observes: bool = False) -> control.Greeting:
        self.say(control.Greet(control.VERSION, observes))
        greeting = await self.hear(control.Greeting)
        assert isinstance(greeting, control.Greeting)
        return greeting

    async def enter(self, socket: str = "s", seat: Seat = SEAT) -> None:
        enter = messages.Enter(await make_offer(), True, True)
        self.say(control.Opened(socket, seat))
        self.say(*(control.BrowserMessage(socket, messages.raw(each)) for each in (messages.Hello(1), enter)))
        await self.delivered("entered")

    async def delivered(self, wanted: str) -> dict[str, Any]:
        """The next message of this type for a browser; others before it are skipped."""
        while True:
            message = await self.hear(control.Deliver)
            assert isinstance(message, control.Deliver)
            content = msgspec.json.decode(message.message)
            if content["type"] == wanted:
                return content
            assert content["type"] != "error", content


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    path: Path

    async def hub(self) -> Hub:
        # The path is there a moment before anybody listens at it.
        async with asyncio.timeout(20):
            while True:
                with suppress(FileNotFoundError, ConnectionRefusedError):
                    return await Hub.dial(self.path)
                await asyncio.sleep(0.01)

    def said(self) -> str:
        """What it wrote to stderr."""
        return (self.path.parent / "stderr").read_text()

    def maps(self) -> str:
        """What it has mapped into memory."""
        return Path(f"/proc/{self.process.pid}/maps").read_text()

    def open_files(self) -> list[str]:
        """What its descriptors stand for, in their order."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        return [os.readlink(each) for each in sorted(folder.iterdir(), key=lambda each: int(each.name))]

    async def ended(self) -> int:
        return int(await until(self.process.poll, lambda status: status is not None) or 0)


def start(path: Path, *arguments: str, program: Sequence[str] = ("-m", "signaling.worker.main")) -> Running:
    command = [sys.executable, *program, "--control", str(path), *arguments]
    with (path.parent / "stderr").open("a") as stderr:
        return Running(subprocess.Popen(command, stderr=stderr), path)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    started = start(tmp_path / "relay-0.sock")
    yield started
    started.process.kill()
    started.process.wait()


async def test_it_greets_and_carries_an_attendance(running: Running) -> None:
    hub = await running.hub()
    greeting = await hub.greet()
    assert (greeting.version, greeting.pid) == (control.VERSION, running.process.pid)
    assert await hub.hear(control.Ready) == control.Ready(())
    await hub.enter()
    number, joined = await hub.hear_news()
    assert joined == Joined(joined.attendance, "7", "ann", joined.at)
    assert number == 1
    hub.say(control.BrowserMessage("s", messages.raw(messages.Leave())))
    assert await hub.hear(control.Close) == control.Close("s", messages.ENDED)
    number, left = await hub.hear_news()
    assert isinstance(left, Left)
    assert (number, left.attendance, left.why) == (2, joined.attendance, "left")
    assert left.at >= joined.at


async def test_news_is_kept_until_it_is_acknowledged(running: Running) -> None:
    hub = await running.hub()
    await hub.greet()
    await hub.enter()
    joined = await hub.hear(control.NumberedNews)
    hub.writer.close()
    second = await running.hub()
    await second.greet()
    assert await second.hear(control.NumberedNews, control.Ready) == joined
    second.say(control.Ack(1))
    ready = await second.hear(control.Ready)
    assert isinstance(ready, control.Ready)
    assert isinstance(joined, control.NumberedNews)
    assert ready.attendances == (joined.news,)
    third = await running.hub()
    await third.greet()
    assert isinstance(await third.hear(control.NumberedNews, control.Ready), control.Ready)


@pytest.mark.parametrize(
    "line",
    [b"\n", b"nonsense\n", b'{"type":"end"}\n', b'{"type":"greet","version":1,"more":1}\n', b"x" * 2_000_000 + b"\n"],
)
async def test_a_hub_that_is_not_understood_is_cut_off_alone(running: Running, line: bytes) -> None:
    good, bad = await running.hub(), await running.hub()
    await good.greet()
    bad.writer.write(line)
    with suppress(ConnectionError):
        while await asyncio.wait_for(bad.reader.read(65536), 10):
            pass
    await good.enter()


async def test_a_hub_of_another_version_is_told_who_it_met(running: Running) -> None:
    hub = await running.hub()
    hub.say(control.Greet(99))
    assert isinstance(await hub.hear(control.Greeting), control.Greeting)
    assert await asyncio.wait_for(hub.reader.read(), 10) == b""


async def test_what_a_browser_cannot_mean_changes_nothing(running: Running) -> None:
    hub = await running.hub()
    await hub.greet()
    hub.say(control.BrowserMessage("nobody", messages.raw(messages.Hello(1))), control.Closed("nobody", 0.0))
    hub.say(
        control.Remove("7", "nobody", "over"),
        control.Opened("s", SEAT),
        control.BrowserMessage("s", msgspec.Raw('{"type": "shout"}')),
    )
    assert (await hub.delivered("error"))["code"] == "unknown_type"
    await hub.enter()


async def test_several_hubs_serve_browsers_and_one_of_them_acknowledges(running: Running) -> None:
    """A hub that observes learns of everything, and can neither acknowledge nor end anything."""
    first = await running.hub()
    await first.greet()
    await first.hear(control.Ready)
    other = await running.hub()
    await other.greet(observes=True)
    assert await other.hear(control.Ready) == control.Ready(())
    await other.enter("t", SEAT)
    number, joined = await first.hear_news()
    assert await other.hear(control.Noted) == control.Noted(joined)
    other.say(control.Ack(number), control.End())
    first.writer.close()
    second = await running.hub()
    await second.greet()
    # It was not acknowledged, and did not end.
    assert await second.hear_news() == (number, joined)
    assert await second.hear(control.Ready) == control.Ready((joined,))
    second.say(control.Ack(number), control.Remove(SEAT.call, SEAT.person, "removed"))
    await other.hear(control.Close)
    number, left = await second.hear_news()
    assert await other.hear(control.Noted) == control.Noted(left)
    late = await running.hub()
    await late.greet(observes=True)
    assert await late.hear(control.Ready) == control.Ready(())
    assert [message for message in late.heard if isinstance(message, control.NumberedNews | control.Noted)] == []


async def test_a_second_process_on_the_same_path_gives_way(running: Running) -> None:
    hub = await running.hub()
    await hub.greet()
    second = start(running.path)
    assert await second.ended() == TAKEN
    assert "another relay process serves" in second.said()
    await hub.enter()


async def test_it_ends_when_told_to_and_its_last_news_is_acknowledged(running: Running) -> None:
    hub = await running.hub()
    await hub.greet()
    await hub.enter()
    hub.say(control.End())
    number, left = await hub.hear_left()
    assert left.why == "over"
    assert running.process.poll() is None
    hub.say(control.Ack(number))
    assert await running.ended() == 0
    assert not running.path.exists()


async def test_it_drains_on_sigterm_and_lives_on_sigint(running: Running) -> None:
    hub = await running.hub()
    await hub.greet()
    running.process.send_signal(signal.SIGINT)
    await hub.enter()
    running.process.send_signal(signal.SIGTERM)
    assert await hub.hear(control.Talking) == control.Talking(())
    assert await hub.hear(control.Draining) == control.Draining()
    # And again, every second.
    assert await hub.hear(control.Talking) == control.Talking(())
    second = await running.hub()
    await second.greet()
    assert await second.hear(control.Talking) == control.Talking(())
    assert await second.hear(control.Draining) == control.Draining()
    hub.say(control.BrowserMessage("s", messages.raw(messages.Leave())))
    await second.hear_left()
    assert await running.ended() == 0


async def test_it_does_not_drain_for_ever(tmp_path: Path) -> None:
    running = start(tmp_path / "relay-0.sock", "--drain", "0.3")
    hub = await running.hub()
    await hub.greet()
    await hub.enter()
    running.process.send_signal(signal.SIGTERM)
    _, left = await hub.hear_left()
    assert left.why == "over"
    assert await running.ended() == 0


async def test_it_ends_when_it_is_lonely(tmp_path: Path) -> None:
    running = start(tmp_path / "relay-0.sock", "--lonely", "0.5")
    hub = await running.hub()
    await hub.greet()
    await hub.enter()
    for _ in range(3):
        await hub.hear(control.Heartbeat)
    hub.writer.close()
    second = await running.hub()
    await second.greet()
    ready = await second.hear(control.Ready)
    assert isinstance(ready, control.Ready)
    assert len(ready.attendances) == 1, "somebody was in a call: it was not lonely"
    second.say(control.Remove("7", "ann", "over"))
    await second.hear_left()
    second.writer.close()
    assert await running.ended() == 0
    assert "nobody in a call" in running.said()


async def test_an_internal_error_does_not_end_its_heartbeats(tmp_path: Path) -> None:
    code = (
        "from signaling.worker.rooms import Rooms; Rooms.look_at_peers = None;"
        " from signaling.worker.main import main; raise SystemExit(main())"
    )
    running = start(tmp_path / "relay-0.sock", program=("-c", code))
    hub = await running.hub()
    await hub.greet()
    for _ in range(2):
        await hub.hear(control.Heartbeat)
    assert "the peers cannot be looked at" in running.said()
    hub.say(control.End())
    assert await running.ended() == 0


async def entered_answer(running: Running) -> list[str]:
    """The candidates of the answer to a browser: transport, address and port."""
    hub = await running.hub()
    await hub.greet()
    hub.say(control.Opened("s", SEAT), control.BrowserMessage("s", messages.raw(messages.Hello(1))))
    hub.say(control.BrowserMessage("s", messages.raw(messages.Enter(await make_offer(), True, True))))
    answer = (await hub.delivered("entered"))["answer"]
    lines = [line.split() for line in answer.splitlines() if line.startswith("a=candidate")]
    return [" ".join((line[2], *line[4:6])) for line in lines]


async def test_it_announces_what_a_stun_server_sees(tmp_path: Path) -> None:
    """Also to the very first browser, as after a crash; the port as forwarded, and as it was seen."""
    async with StunServer() as server:
        running = start(tmp_path / "relay-0.sock", "--bind", "127.0.0.1", "--stun", f"localhost:{server.port}")
        candidates = await entered_answer(running)
    running.process.kill()
    running.process.wait()
    [port] = {each.split()[2] for each in candidates} - {"40000"}
    assert candidates == [
        f"udp 127.0.0.1 {port}",
        f"udp 203.0.113.5 {port}",
        "udp 203.0.113.5 40000",
        f"tcp 127.0.0.1 {port}",
        f"tcp 203.0.113.5 {port}",
    ]
    assert "the STUN server sees this relay at 203.0.113.5 port 40000" in running.said()


async def test_without_an_answer_of_the_stun_server_it_says_so_and_goes_on(tmp_path: Path) -> None:
    async with StunServer(answers=False) as server:
        running = start(tmp_path / "relay-0.sock", "--bind", "127.0.0.1", "--stun", f"127.0.0.1:{server.port}")
        candidates = await entered_answer(running)
    running.process.kill()
    running.process.wait()
    assert [each.split()[:2] for each in candidates] == [["udp", "127.0.0.1"], ["tcp", "127.0.0.1"]]
    assert f"the STUN server 127.0.0.1:{server.port} did not answer" in running.said()


async def test_it_has_descriptors_for_many_connections(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, limits[1]))
    try:
        running = start(tmp_path / "relay-0.sock")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    await (await running.hub()).greet()
    assert resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)[0] >= min(MAX_CONNECTIONS, limits[1])
    running.process.kill()
    running.process.wait()


async def test_it_logs_no_secret_of_a_call(running: Running) -> None:
    hub = await running.hub()
    await hub.greet()
    await hub.enter()
    hub.say(control.End())
    await running.ended()
    said = running.said()
    assert "serves UDP port" in said
    assert [word for word in ("a=", "ufrag", "fingerprint", "ann", "Ann") if word in said] == []


async def test_it_opens_no_codec_and_inherits_nothing(running: Running) -> None:
    hub = await running.hub()
    await hub.greet()
    await hub.enter()
    assert [name for name in ("libav", "libvpx", "libopus") if name in running.maps()] == []
    assert [each for each in running.open_files() if each.startswith(str(running.path.parent))] == [
        f"{running.path.parent}/stderr",
        f"{running.path}.lock",
    ]
