"""The socket of the pages: `::` is all of IPv6 and IPv4, on machines that have both or one."""

import errno
import socket

import pytest

from server.web.listening_socket import open_listening_socket


def reaches(port: int, host: str) -> bool:
    with socket.create_connection((host, port), timeout=5):
        return True


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", ["127.0.0.1"]),
        ("localhost", ["localhost"]),
        ("0.0.0.0", ["127.0.0.1"]),  # noqa: S104 for a moment
        ("::", ["127.0.0.1", "::1"]),
    ],
)
def test_it_is_reached_at_its_addresses(host: str, reached: list[str]) -> None:
    with open_listening_socket(host, 0, 8) as listening:
        assert all(reaches(listening.getsockname()[1], each) for each in reached)


def test_where_there_is_no_ipv6_all_is_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    made = socket.socket

    def without_ipv6(family: int, kind: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return made(family, kind)

    monkeypatch.setattr(socket, "socket", without_ipv6)
    with open_listening_socket("::", 0, 8) as listening:
        assert listening.family == socket.AF_INET


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("::", "Address already in use. Another program listens there: end it, or set another FIRESIDE_PORT."),
        ("192.0.2.1", "Cannot assign requested address. This machine does not have that address"),
        ("no.such.host.invalid", "Set another FIRESIDE_HOST or FIRESIDE_PORT."),
    ],
)
def test_one_that_cannot_be_had_says_what_helps(host: str, why: str) -> None:
    with open_listening_socket("::", 0, 8) as taken, pytest.raises(OSError, match="cannot be opened") as refusal:
        open_listening_socket(host, taken.getsockname()[1], 8)
    assert why in str(refusal.value)
    assert str(refusal.value).endswith("Nothing was changed.")
