"""The memory of batches, read and written as the system does it."""

import socket

import pytest

from signaling.sockets import mmsg
from signaling.sockets.mmsg import MessageArray, address_of, ffi, name_of, pointer_to

ADDRESSES = [(socket.AF_INET, "192.0.2.7"), (socket.AF_INET6, "2001:db8::7")]


def test_this_system_has_batches() -> None:
    assert mmsg.available()


@pytest.mark.parametrize(("family", "ip"), ADDRESSES)
def test_a_name_is_read_as_it_was_written(family: socket.AddressFamily, ip: str) -> None:
    messages = MessageArray(family, with_info=False, size=2)
    for index, port in enumerate((5, 0xABCD)):
        name = name_of(family, ip, port)
        ffi.memmove(messages.headers[index].msg_hdr.msg_name, name, len(name))
    assert [address_of(family, key, None) for key in messages.keys(2)] == [("udp", ip, 5), ("udp", ip, 0xABCD)]
    assert messages.local_keys(2) == [None, None]


def test_the_views_are_of_the_headers() -> None:
    messages, memory = MessageArray(socket.AF_INET, with_info=True, size=2), ffi.new("char[]", 8)
    messages.name_pointers[1] = messages.control_pointers[0] = pointer_to(memory)
    messages.headers[1].msg_len = 77
    assert messages.headers[1].msg_hdr.msg_name == memory
    assert messages.headers[0].msg_hdr.msg_control == memory
    assert messages.lengths(2) == [0, 77]
