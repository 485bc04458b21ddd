"""The own address that a datagram came to is told, and one leaves from it; test_udp.py shows both ports do so."""

import socket

import pytest

from signaling.sockets import packet_info

ADDRESSES = [(socket.AF_INET, "", "127.0.0.2"), (socket.AF_INET6, "::", "::1")]


def test_a_socket_with_one_address_need_not_tell() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        assert not packet_info.ask(opened)


@pytest.mark.parametrize(("family", "every", "own"), ADDRESSES)
def test_what_is_told_lets_the_answer_leave_from_there(family: socket.AddressFamily, every: str, own: str) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as opened, socket.socket(family, socket.SOCK_DGRAM) as client:
        opened.bind((every, 0))
        opened.settimeout(5)
        client.settimeout(5)
        assert packet_info.ask(opened)
        client.sendto(b"x", (own, opened.getsockname()[1]))
        _, received, _, source = opened.recvmsg(10, packet_info.ROOM)
        assert packet_info.read(family, received) == own
        opened.sendmsg([b"y"], packet_info.ancillary(family, own), 0, source)
        assert client.recvfrom(10)[1][:2] == (own, opened.getsockname()[1])


@pytest.mark.parametrize(("family", "every", "own"), ADDRESSES)
def test_a_message_has_the_systems_form(family: socket.AddressFamily, every: str, own: str) -> None:
    message = packet_info.control(family, own)
    [(level, kind, content)] = packet_info.ancillary(family, own)
    head = (
        socket.CMSG_LEN(len(content)).to_bytes(8, "little") + level.to_bytes(4, "little") + kind.to_bytes(4, "little")
    )
    assert message == (head + content).ljust(socket.CMSG_SPACE(len(content)), b"\0")
    assert len(message) == packet_info.SIZES[family] <= packet_info.ROOM
    packed = socket.inet_pton(family, own)
    at = packet_info.PLACES[family]
    assert message[at : at + len(packed)] == packed


def test_nothing_told_is_nothing() -> None:
    assert packet_info.read(socket.AF_INET, []) == ""
