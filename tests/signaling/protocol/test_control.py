from pathlib import Path

import pytest
from msgspec import Raw
from msgspec.structs import fields

from signaling.codec import MalformedMessage, Record, by_tag
from signaling.news import Joined, Left
from signaling.protocol import control
from signaling.protocol.control import FROM_HUB, FROM_RELAY, encode, parse_hub, parse_relay
from signaling.quality import Quality
from signaling.seat import IceServer, Seat

DOCUMENT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()

FROM_HUBS: list[control.HubMessage] = [
    control.Greet(1),
    control.Opened("s", Seat("7", "1", "Ann", 2, True, False, (IceServer(("turn:turn.example",), "1:1", "x"),))),
    control.BrowserMessage("s", Raw(b'{"type":"enter","offer":"a\\nb"}')),
    control.Closed("s", 0.5),
    control.Remove("7", "1", "over"),
    control.Ack(3),
    control.Detach(),
    control.End(),
]
FROM_RELAYS: list[control.RelayMessage] = [
    control.Greeting(1, "ab", 42, 8444, "{}"),
    control.Ready((Joined("x", "7", "1", 12.5),)),
    control.Deliver("s", Raw(b'{"type":"pong","n":1}')),
    control.Close("s", 4000),
    control.NumberedNews(2, Left("x", "7", "1", 13.5, "left", 0.25, Quality(2.5, 10, 20, 0.1, None, 0.0))),
    control.Draining(),
    control.Heartbeat(2, 0),
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
    assert [type(message) for message in FROM_HUBS] == list(FROM_HUB.values())
    assert [type(message) for message in FROM_RELAYS] == list(FROM_RELAY.values())


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"\xff\n", b"[]\n", b'{"type":"deliver"}\n', b'{"type":["greet"]}\n', b'{"type":"greet"}\n']
)
def test_anything_else_is_malformed(line: bytes) -> None:
    with pytest.raises(MalformedMessage):
        parse_hub(line)


@pytest.mark.parametrize(
    ("heading", "table"),
    [("From the hub", FROM_HUB), ("From the relay process", FROM_RELAY), ("News", by_tag((Joined, Left)))],
)
def test_the_document_has_every_message_and_field(heading: str, table: dict[str, type[Record]]) -> None:
    section = DOCUMENT.split(f"### {heading}\n")[1].split("\n#")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    documented = {
        name.strip().strip("`"): [part.split("`")[1] for part in given.split(",") if "`" in part]
        for name, given in rows
    }
    assert documented == {name: [field.name for field in fields(kind)] for name, kind in table.items()}


@pytest.mark.parametrize("part", [Seat, Quality])
def test_the_document_has_the_parts_of_messages(part: type[Record]) -> None:
    assert f"({', '.join(field.name for field in fields(part))})" in DOCUMENT.replace("object: ", "").replace(
        "list of objects: ", ""
    )
