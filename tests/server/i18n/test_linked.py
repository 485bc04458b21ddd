"""Web addresses in what people wrote are links, safely; everything else is text."""

import re

import pytest

from server.i18n.linked import contact_link, linked


def links_in(text: str) -> list[str]:
    """The addresses of the links; each shows what it leads to, and has the same safe attributes."""
    found = re.findall(r'<a href="([^"]*)" rel="noopener noreferrer nofollow" dir="ltr">([^<]*)</a>', linked(text))
    assert all(address == shown for address, shown in found)
    return [address for address, _ in found]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://example.org/a.", ["https://example.org/a"]),
        ("(https://example.org/a_(b)), then", ["https://example.org/a_(b)"]),
        ("https://example.org, http://example.net/x?y=1&z=2!", ["https://example.org", "http://example.net/x?y=1&amp;z=2"]),
        ("HTTPS://Example.org/…", ["HTTPS://Example.org/"]),
        ("“https://example.org/q?a=b#c”", ["https://example.org/q?a=b#c"]),
        ("https://bücher.example/ä و https://example.org/سلام؟", ["https://bücher.example/ä", "https://example.org/سلام"]),
        ("https://[2001:db8::1]:8443/x", ["https://[2001:db8::1]:8443/x"]),
        ("https://example.org/'onmouseover='x", ["https://example.org/&#39;onmouseover=&#39;x"]),
        ('https://example.org/"onmouseover="x', ["https://example.org/"]),
        ("https://example.org/\u202egpj.exe", ["https://example.org/"]),
        ("https://example.org/\nhttps://example.net", ["https://example.org/", "https://example.net"]),
        ("javascript:alert(1) data:text/html,x ftp://example.org //example.org www.example.org", []),
        ("xhttps://example.org a@https://example.org", []),
        ("https:// https://. https://?x https://example.org:0 https://example.org:x http://[", []),
        ("https://bank.example@evil.example/ https://a:b@evil.example", []),
        ("I moved house.", []),
    ],
)  # fmt: skip
def test_which_addresses_are_links(text: str, addresses: list[str]) -> None:
    assert links_in(text) == addresses


@pytest.mark.parametrize(
    "text", ["", "a < b & c > d", "<b>x</b> https://example.org/<script>alert(1)</script>", "'\"&amp;https://e.example/&lt;'"]
)  # fmt: skip
def test_all_else_stays_as_it_was_and_is_escaped(text: str) -> None:
    html = linked(text)
    without = re.sub(r"</?a( [^>]*)?>", "", html)
    assert without == str(type(html).escape(text))


@pytest.mark.parametrize(
    ("contact", "html"),
    [
        ("help@example.org", '<a href="mailto:help@example.org" dir="ltr">help@example.org</a>'),
        ("a&b?c=d@example.org", '<a href="mailto:a%26b%3Fc%3Dd@example.org" dir="ltr">a&amp;b?c=d@example.org</a>'),
        (
            "https://example.org/help",
            '<a href="https://example.org/help" rel="noopener noreferrer nofollow" dir="ltr">https://example.org/help</a>',
        ),
    ],
)  # fmt: skip
def test_the_scheme_is_reached_by_a_link(contact: str, html: str) -> None:
    assert contact_link(contact) == html
