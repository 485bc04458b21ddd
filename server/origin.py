"""The origin of a web address, as browsers write it in the Origin header."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


def origin_of(address: str) -> str:
    """The serialized origin (RFC 6454 section 6.2), of an address without path, query and user.

    Lower case, international names in their ASCII form, no default port. Raises ValueError for any other address.
    """
    parts = urlsplit(address)
    port = parts.port
    if (
        parts.scheme not in DEFAULT_PORTS
        or not parts.hostname
        or parts.path not in ("", "/")
        or any(character in address for character in "?#@\\ \t\r\n")
        or port == 0
    ):
        raise ValueError(address)
    host = _host(parts.hostname)
    return (
        f"{parts.scheme}://{host}" if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{parts.scheme}://{host}:{port}"
    )


def _host(name: str) -> str:
    """Raises ValueError when a browser would not take it for a host, or for another one."""
    if ":" in name:
        return f"[{IPv6Address(name)}]"
    ascii_name = name if name.isascii() else idna.encode(name, uts46=True).decode()
    if not HOST.fullmatch(ascii_name):
        raise ValueError(name)
    if ascii_name.rstrip(".").rpartition(".")[2].isdigit():
        return str(IPv4Address(ascii_name))
    return ascii_name
