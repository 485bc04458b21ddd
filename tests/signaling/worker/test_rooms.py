"""Rooms joined with the real relay core, without sockets."""

from dataclasses import dataclass, field

import msgspec
import pytest

from signaling.news import Joined, Left
from signaling.protocol import control, messages
from signaling.protocol.messages import Enter, Hello, Leave, raw
from signaling.relay.events import PeerDisconnected
from signaling.relay.relay import Candidate, Relay
from signaling.room.room import GRACE, Room
from signaling.seat import Seat
from signaling.worker.rooms import Rooms
from tests.signaling.callers import make_offer

DAY = 86400.0


@dataclass
class Exchange:
    """Rooms, and all that they sent."""

    told: list[control.RelayMessage] = field(default_factory=list)
    news: list[Joined | Left] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.relay = Relay([Candidate("udp", "127.0.0.1", 9)])
        self.rooms = Rooms(self.relay, self.news.append, lambda at: at + DAY)

    def open(self, socket: str, person: str) -> None:
        self.rooms.open(socket, Seat("7", person, person.title()), self.told.append)
        self.rooms.receive(socket, raw(Hello(1)), 1.0)

    def enter(self, socket: str, offer: str, now: float = 2.0) -> None:
        self.rooms.receive(socket, raw(Enter(offer, True, True)), now)

    def types(self, socket: str) -> list[object]:
        """What a socket was told, by type; a closing by its code."""
        told = [each for each in self.told if isinstance(each, control.Deliver | control.Close)]
        own = [each for each in told if each.socket == socket]
        return [type_of(each.message) if isinstance(each, control.Deliver) else each.code for each in own]


def type_of(message: msgspec.Raw) -> object:
    return msgspec.json.decode(message)["type"]


@pytest.fixture
async def offer() -> str:
    return await make_offer()


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def test_an_attendance_is_reported_in_unix_time(exchange: Exchange, offer: str) -> None:
    exchange.open("s", "ann")
    exchange.enter("s", offer)
    assert exchange.types("s") == ["hello", "roster", "entered", "roster"]
    (joined,) = exchange.news
    assert joined == Joined(joined.attendance, "7", "ann", DAY + 2.0)
    assert exchange.rooms.attendances == {joined.attendance: joined}
    assert exchange.rooms.peers == 1
    exchange.rooms.receive("s", raw(Leave()), 5.0)
    assert exchange.types("s")[-2:] == ["ended", messages.ENDED]
    assert exchange.news[1:] == [Left(joined.attendance, "7", "ann", DAY + 5.0, "left")]
    assert (exchange.rooms.attendances, exchange.rooms.peers) == ({}, 0)


def test_the_page_is_told_who_spoke_and_nothing_of_it_is_reported(exchange: Exchange, offer: str) -> None:
    exchange.open("s", "ann")
    exchange.enter("s", offer)
    peer = next(iter(exchange.rooms._room_of_peer))
    for number in range(100):
        exchange.relay._peers[peer]._speaking_time.add(20, 960 * number)
    exchange.rooms.look_at_peers(4.0)
    told = exchange.told[-1]
    assert isinstance(told, control.Deliver)
    spoken = [{"person": "ann", "recent": 2.0, "total": 2.0}]
    assert msgspec.json.decode(told.message) == {"type": "speaking", "on": True, "people": spoken}
    assert exchange.rooms.talking == ("7",)
    exchange.rooms.look_at_peers(4.5)
    assert exchange.rooms.talking == ()
    exchange.rooms.receive("s", raw(Leave()), 5.0)
    assert "spoke" not in msgspec.json.encode(exchange.news).decode()


def test_an_offer_that_cannot_be_answered_changes_nothing(exchange: Exchange) -> None:
    exchange.open("s", "ann")
    exchange.enter("s", "v=0")
    assert exchange.types("s") == ["hello", "roster", "error"]
    assert (exchange.news, exchange.rooms.peers) == ([], 0)


def test_what_ended_says_nothing_more(exchange: Exchange, offer: str) -> None:
    exchange.open("s", "ann")
    exchange.enter("s", offer)
    exchange.rooms.remove("7", "ann", "over", 3.0)
    exchange.rooms.receive("s", raw(Hello(1)), 4.0)
    exchange.enter("s", offer)
    assert exchange.types("s")[-1] == messages.ENDED
    assert exchange.rooms.peers == 0


def test_an_attendance_ends_when_the_relay_gave_its_leg_up_and_the_grace_is_over(
    exchange: Exchange, offer: str
) -> None:
    exchange.open("s", "ann")
    exchange.enter("s", offer)
    exchange.rooms.close("s", 0.0, 3.0)
    now = 3.0
    while exchange.rooms.attendances:
        deadlines = [each for each in (exchange.relay.deadline(), exchange.rooms.deadline) if each is not None]
        now = min(deadlines)
        exchange.relay.tick(now)
        for event in exchange.relay.events():
            exchange.rooms.receive_relay_event(event, now)
        exchange.rooms.tick(now)
    (left,) = exchange.news[1:]
    assert isinstance(left, Left)
    assert left.why == "browser lost"
    assert left.at <= DAY + now <= left.at + GRACE + 3
    assert exchange.rooms.peers == 0


def test_the_end_of_the_process_ends_all(exchange: Exchange, offer: str) -> None:
    for socket, person in (("s", "ann"), ("t", "bob")):
        exchange.open(socket, person)
        exchange.enter(socket, offer)
    exchange.rooms.shut_down(9.0)
    assert [(news.person, news.why) for news in exchange.news if isinstance(news, Left)] == [
        ("ann", "over"),
        ("bob", "over"),
    ]
    assert exchange.rooms.peers == 0


def test_an_event_of_one_room_looks_at_no_other(
    exchange: Exchange, offer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the cost of all events grows with the square of the rooms."""
    for number in range(5):
        exchange.rooms.open(f"s{number}", Seat(str(number), "ann", "Ann"), exchange.told.append)
        exchange.rooms.receive(f"s{number}", raw(Hello(1)), 1.0)
        exchange.enter(f"s{number}", offer)
    looked_at: list[str] = []
    deadline = Room.deadline

    def recorded(room: Room) -> float | None:
        looked_at.append(room.call)
        return deadline(room)

    monkeypatch.setattr(Room, "deadline", recorded)
    exchange.rooms.close("s3", 0.0, 3.0)
    exchange.rooms.receive_relay_event(PeerDisconnected(next(iter(exchange.rooms._room_of_peer))), 3.0)
    exchange.rooms.tick(3.0)
    assert looked_at == ["3", "0"]
