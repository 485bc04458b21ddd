"""The local address of a datagram is received, and the reply leaves from it; test_udp.py shows it of both ports."""

import socket

import pytest

from signaling.sockets import packet_info

ADDRESSES = [(socket.AF_INET, "", "127.0.0.2"), (socket.AF_INET6, "::", "::1")]


def test_a_socket_with_one_address_needs_no_info() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        assert not packet_info.enable(opened)


@pytest.mark.parametrize(("family", "every", "own"), ADDRESSES)
def test_the_reply_leaves_from_the_address_that_was_asked(family: socket.AddressFamily, every: str, own: str) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as opened, socket.socket(family, socket.SOCK_DGRAM) as client:
        opened.bind((every, 0))
        opened.settimeout(5)
        client.settimeout(5)
        assert packet_info.enable(opened)
        client.sendto(b"x", (own, opened.getsockname()[1]))
        _, received, _, source = opened.recvmsg(10, packet_info.ROOM)
        assert packet_info.local_address(family, received) == own
        opened.sendmsg([b"y"], packet_info.ancillary(family, own), 0, source)
        assert client.recvfrom(10)[1][:2] == (own, opened.getsockname()[1])


@pytest.mark.parametrize(("family", "every", "own"), ADDRESSES)
def test_a_message_has_the_systems_form(family: socket.AddressFamily, every: str, own: str) -> None:
    message = packet_info.control_message(family, own)
    [(level, kind, content)] = packet_info.ancillary(family, own)
    head = (
        socket.CMSG_LEN(len(content)).to_bytes(8, "little") + level.to_bytes(4, "little") + kind.to_bytes(4, "little")
    )
    assert message == (head + content).ljust(socket.CMSG_SPACE(len(content)), b"\0")
    assert len(message) == packet_info.SIZES[family] <= packet_info.ROOM
    packed = socket.inet_pton(family, own)
    at = packet_info.OFFSETS[family]
    assert message[at : at + len(packed)] == packed


def test_without_info_there_is_no_address() -> None:
    assert packet_info.local_address(socket.AF_INET, []) == ""
