"""The origin of an address is what browsers write."""

import pytest

from server.origin import origin_of


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://meet.example.org", "https://meet.example.org"),
        ("https://Meet.Example.ORG/", "https://meet.example.org"),
        ("HTTPS://meet.example.org:443", "https://meet.example.org"),
        ("http://meet.example.org:80/", "http://meet.example.org"),
        ("http://meet.example.org:443", "http://meet.example.org:443"),
        ("http://localhost:08080", "http://localhost:8080"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://192.168.1.5:8080", "http://192.168.1.5:8080"),
        ("http://[2001:DB8:0:0::1]:8080", "http://[2001:db8::1]:8080"),
        ("http://my_host.", "http://my_host."),
    ],
)
def test_it_is_what_browsers_write(address: str, origin: str) -> None:
    assert origin_of(address) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    "address",
    [
        "",
        "meet.example.org",
        "ftp://meet.example.org",
        "https://",
        "https://meet.example.org/fireside",
        "https://meet.example.org/?",
        "https://meet.example.org/#top",
        "https://user@meet.example.org",
        "https://meet.example.org:0",
        "https://meet.example.org:65536",
        "https://meet.example.org:none",
        "https://meet..example.org",
        "https://meet example.org",
        "https://a\\b",
        "http://300.1.1.1",
        "http://127.1",
        "http://[::1",
        "https://\u2028.example",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 of any kind
        origin_of(address)
