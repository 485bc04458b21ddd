from types import UnionType
from typing import get_args

import pytest
from msgspec import Raw

from signaling.codec import MalformedMessage, Record
from signaling.news import Joined, Left, Sample
from signaling.protocol import control
from signaling.protocol.control import encode, parse_hub, parse_relay
from signaling.quality import Quality
from signaling.seat import IceServer, Seat
from tests.signaling.protocol.document import DOCUMENT, documented, fields_of, messages_of

FROM_HUBS: list[control.HubMessage] = [
    control.Greet(1, observes=True),
    control.Opened("s", Seat("7", "1", "Ann", 2, True, False, True, (IceServer(("turn:turn.example",), "1:1", "x"),))),
    control.BrowserMessage("s", Raw(b'{"type":"enter","offer":"a\\nb"}')),
    control.Closed("s", 0.5),
    control.Remove("7", "1", "over"),
    control.Release("7", 12.5),
    control.Ack(3),
    control.Drain(),
    control.Detach(),
    control.End(),
]
FROM_RELAYS: list[control.RelayMessage] = [
    control.Greeting(1, "ab", 42, 8444, "{}"),
    control.Ready((Joined("x", "7", "1", 12.5),)),
    control.Deliver("s", Raw(b'{"type":"pong","n":1}')),
    control.Close("s", 4000),
    control.NumberedNews(2, Left("x", "7", "1", 13.5, "left", Quality(2.5, 10, 20, 0.1, None, 0.0))),
    control.Noted(Joined("x", "7", "1", 12.5)),
    control.Draining(),
    control.Talking(("7", "8")),
    control.Measured((Sample("x", 12.5, 0.01, None, 40000.0, 120000.0),)),
    control.Heartbeat(2, 0, 100, 90, 0.001, 0.25, 0.5),
]


@pytest.mark.parametrize("message", FROM_HUBS)
def test_it_carries_what_a_hub_says(message: control.HubMessage) -> None:
    assert encode(message).count(b"\n") == 1
    assert parse_hub(encode(message)) == message


@pytest.mark.parametrize("message", FROM_RELAYS)
def test_it_carries_what_a_relay_process_says(message: control.RelayMessage) -> None:
    assert encode(message).count(b"\n") == 1
    assert parse_relay(encode(message)) == message


def test_a_seat_carries_its_ice_servers() -> None:
    """They make no other seat, so that equality does not show it."""
    said = FROM_HUBS[1]
    heard = parse_hub(encode(said))
    assert isinstance(said, control.Opened)
    assert isinstance(heard, control.Opened)
    assert heard.seat.ice_servers == said.seat.ice_servers != ()


def test_every_message_is_shown_above() -> None:
    assert [type(message) for message in FROM_HUBS] == list(get_args(control.HubMessage))
    assert [type(message) for message in FROM_RELAYS] == list(get_args(control.RelayMessage))


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"\xff\n", b"[]\n", b'{"type":"deliver"}\n', b'{"type":["greet"]}\n', b'{"type":"greet"}\n']
)
def test_anything_else_is_malformed(line: bytes) -> None:
    with pytest.raises(MalformedMessage):
        parse_hub(line)


@pytest.mark.parametrize(
    ("heading", "protocol"),
    [("From the hub", control.HubMessage), ("From the relay process", control.RelayMessage), ("News", Joined | Left)],
)
def test_the_document_has_every_message_and_field(heading: str, protocol: UnionType) -> None:
    assert documented(heading) == messages_of(protocol)


@pytest.mark.parametrize("part", [Seat, Quality])
def test_the_document_has_the_parts_of_messages(part: type[Record]) -> None:
    assert f"(object: {', '.join(fields_of(part))})" in DOCUMENT
