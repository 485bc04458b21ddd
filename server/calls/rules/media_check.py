"""The result of a media check: a loop through the relay by each address that it announces, and advice in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address

from server.i18n.texts import N_, Text

MOST_PATHS = 64
MOST_PACKETS = 100_000
MOST_MILLISECONDS = 60_000.0


class MediaProtocol(StrEnum):
    UDP = "udp"
    TCP = "tcp"


class CheckOrigin(StrEnum):
    """Where a check was made from."""

    BROWSER = "browser"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class MediaPath:
    """One announced address: how many packets were `sent` to the relay and back, and how many `received`.

    `milliseconds` is the round trip to the relay. Raises ValueError for values that cannot have been measured.
    """

    protocol: MediaProtocol
    ip: str
    port: int
    sent: int
    received: int
    milliseconds: float | None

    def __post_init__(self) -> None:
        ip_address(self.ip)
        if not 0 < self.port < 65536:
            raise ValueError("no port")
        if not 0 <= self.received <= self.sent <= MOST_PACKETS:
            raise ValueError("more packets than were sent")
        if self.milliseconds is not None and not 0 <= self.milliseconds <= MOST_MILLISECONDS:
            raise ValueError("no round trip")

    @property
    def works(self) -> bool:
        """Whether media came through: a call needs at least half of the packets."""
        return self.received > 0 and 2 * self.received >= self.sent

    @property
    def name(self) -> str:
        ip = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.protocol.upper()} {ip}:{self.port}"

    @property
    def said(self) -> Text:
        if self.received:
            return self._came
        if ip_address(self.ip).is_loopback:
            return Text(N_("No answer. That is fine: only the server's own machine uses this address."))
        if ip_address(self.ip).is_private:
            return Text(N_("No answer. That is fine: only people in the server's own network use this address."))
        if ":" in self.ip:
            return Text(N_("No answer: a firewall or the port forwarding blocks it, or this network has no IPv6."))
        return Text(N_("No answer: a firewall or the port forwarding blocks it."))

    @property
    def _came(self) -> Text:
        counts = {"received": self.received, "sent": self.sent}
        if self.milliseconds is None:
            return Text(N_("%(received)s of %(sent)s packets came back."), counts)
        if self.milliseconds < 1:
            return Text(
                N_("%(received)s of %(sent)s packets came back. The round trip took less than 1 ms."),
                counts,
            )
        return Text(
            N_("%(received)s of %(sent)s packets came back. The round trip took %(milliseconds)s ms."),
            {**counts, "milliseconds": round(self.milliseconds)},
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether one protocol works, and what to do about it."""

    protocol: MediaProtocol
    works: bool
    sentences: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A check. `paths` are in the order in which the relay announced them."""

    origin: CheckOrigin
    at: datetime
    paths: tuple[MediaPath, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(_finding(protocol, self.paths) for protocol in MediaProtocol)

    @property
    def works(self) -> bool:
        """Whether calls can be made at all."""
        return any(path.works for path in self.paths)


def _finding(protocol: MediaProtocol, paths: Sequence[MediaPath]) -> Finding:
    works = {each: any(path.works for path in paths if path.protocol is each) for each in MediaProtocol}
    ports = sorted({path.port for path in paths if path.protocol is protocol})
    return Finding(protocol, works[protocol], tuple(_sentences(protocol, works, ports)))


def _sentences(protocol: MediaProtocol, works: dict[MediaProtocol, bool], ports: Sequence[int]) -> Iterator[Text]:
    if protocol is MediaProtocol.UDP:
        if works[MediaProtocol.UDP]:
            yield Text(N_("UDP works: calls take the best route."))
            return
        yield Text(N_("UDP is blocked between here and the server."))
        yield _open(protocol, ports)
        if works[MediaProtocol.TCP]:
            yield Text(N_("Until then calls run over TCP, less smoothly."))
        else:
            yield Text(N_("Until then no call works."))
    elif works[MediaProtocol.TCP]:
        yield Text(N_("TCP works: people whose network blocks UDP can join calls, too."))
    else:
        yield Text(N_("TCP is blocked between here and the server: people whose network blocks UDP cannot join calls."))
        yield _open(protocol, ports)


def _open(protocol: MediaProtocol, ports: Sequence[int]) -> Text:
    values = {"transport": protocol.upper(), "ports": ", ".join(map(str, ports))}
    if not ports:
        return Text(N_("Open the relay's %(transport)s port in the firewall."), values)
    if len(ports) == 1:
        return Text(N_("Open %(transport)s port %(ports)s in the firewall."), values)
    return Text(N_("Open %(transport)s ports %(ports)s in the firewall."), values)
