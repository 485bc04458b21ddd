"""What a media check found, in words."""

from datetime import UTC, datetime

import pytest

from server.calls.rules.media_check import Check, CheckOrigin, Finding, MediaPath, MediaProtocol

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UDP = MediaPath(MediaProtocol.UDP, "203.0.113.5", 8444, 20, 20, 12.34)
TCP = MediaPath(MediaProtocol.TCP, "203.0.113.5", 8444, 20, 19, 12.34)
NO_UDP = MediaPath(MediaProtocol.UDP, "203.0.113.5", 8444, 35, 0, None)
NO_TCP = MediaPath(MediaProtocol.TCP, "203.0.113.5", 8444, 0, 0, None)
PRIVATE = MediaPath(MediaProtocol.UDP, "192.168.1.7", 8444, 20, 0, None)


def english(finding: Finding) -> str:
    return " ".join(map(str, finding.sentences))


@pytest.mark.parametrize(
    ("path", "name", "sentence"),
    [
        (UDP, "UDP 203.0.113.5:8444", "20 of 20 packets came back. The round trip took 12 ms."),
        (
            MediaPath(MediaProtocol.TCP, "2001:db8::5", 8444, 20, 19, 0.4),
            "TCP [2001:db8::5]:8444",
            "19 of 20 packets came back. The round trip took less than 1 ms.",
        ),
        (MediaPath(MediaProtocol.UDP, "8.8.8.8", 8444, 3, 1, None), "UDP 8.8.8.8:8444", "1 of 3 packets came back."),
        (
            MediaPath(MediaProtocol.UDP, "8.8.8.8", 8444, 9, 0, None),
            "UDP 8.8.8.8:8444",
            "No answer: a firewall or the port forwarding blocks it.",
        ),
        (
            MediaPath(MediaProtocol.UDP, "2a01::1", 8444, 9, 0, None),
            "UDP [2a01::1]:8444",
            "No answer: a firewall or the port forwarding blocks it, or this network has no IPv6.",
        ),
        (
            MediaPath(MediaProtocol.TCP, "::1", 8444, 0, 0, None),
            "TCP [::1]:8444",
            "No answer. That is fine: only the server's own machine uses this address.",
        ),
        (
            PRIVATE,
            "UDP 192.168.1.7:8444",
            "No answer. That is fine: only people in the server's own network use this address.",
        ),
    ],
)
def test_each_path_is_told_in_words(path: MediaPath, name: str, sentence: str) -> None:
    assert (path.name, str(path.said)) == (name, sentence)


@pytest.mark.parametrize(
    ("paths", "udp", "tcp", "works"),
    [
        ((PRIVATE, UDP, TCP), "UDP works: calls take the best route.", "TCP works: people whose network", True),
        (
            (UDP, NO_TCP),
            "UDP works",
            "TCP is blocked between here and the server: people whose network blocks UDP cannot join calls. Open TCP "
            "port 8444 in the firewall.",
            True,
        ),
        (
            (PRIVATE, NO_UDP, TCP),
            "UDP is blocked between here and the server. Open UDP port 8444 in the firewall. Until then calls run over "
            "TCP, less smoothly.",
            "TCP works",
            True,
        ),
        ((NO_UDP, NO_TCP), "UDP is blocked between here and the server.", "TCP is blocked", False),
        ((), "UDP is blocked", "TCP is blocked", False),
    ],
)
def test_each_transport_has_its_finding(paths: tuple[MediaPath, ...], udp: str, tcp: str, works: bool) -> None:
    check = Check(CheckOrigin.BROWSER, NOW, paths)
    found = check.findings
    assert [finding.protocol for finding in found] == [MediaProtocol.UDP, MediaProtocol.TCP]
    assert [english(finding)[: len(said)] for finding, said in zip(found, (udp, tcp), strict=True)] == [udp, tcp]
    assert [finding.works for finding in found] == ["works" in udp, "works" in tcp]
    assert check.works is works


def test_with_neither_no_call_works_and_every_port_is_named() -> None:
    second = MediaPath(MediaProtocol.UDP, "203.0.113.5", 8445, 35, 0, None)
    assert english(Check(CheckOrigin.COMMAND, NOW, (second, NO_UDP)).findings[0]) == (
        "UDP is blocked between here and the server. Open UDP ports 8444, 8445 in the firewall. Until then no call "
        "works."
    )


def test_half_of_the_packets_is_what_a_call_lives_with() -> None:
    assert MediaPath(MediaProtocol.UDP, "203.0.113.5", 1, 20, 10, 1.0).works
    assert not MediaPath(MediaProtocol.UDP, "203.0.113.5", 1, 20, 9, 1.0).works


@pytest.mark.parametrize(
    "wrong",
    [
        {"ip": "fireside.example.org"},
        {"port": 0},
        {"port": 65536},
        {"sent": 1, "received": 2},
        {"received": -1},
        {"sent": 100_001},
        {"milliseconds": -0.1},
        {"milliseconds": float("nan")},
        {"milliseconds": 60_001.0},
    ],
)
def test_what_cannot_have_been_measured_is_refused(wrong: dict[str, object]) -> None:
    fields = {"protocol": MediaProtocol.UDP, "ip": "203.0.113.5", "port": 8444, "sent": 20, "received": 20}
    with pytest.raises(ValueError):  # noqa: PT011  # its words are for nobody
        MediaPath(**{**fields, "milliseconds": 1.0, **wrong})  # type: ignore[arg-type]
