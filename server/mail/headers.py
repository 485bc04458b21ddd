"""Headers that name people, folded so that every mail program reads one name and one address.

Python's own folding breaks long names: it drops the quotes of `Okafor, Sam` where the line is broken, which makes two
recipients of one, and leaves spaces between the parts of a name in another script.
"""

import base64
import re
from collections.abc import Iterator
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueAddressHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from functools import cache

# RFC 2047 section 2: an encoded word has at most 75 characters, 12 of which name its charset and encoding.
MOST_BYTES = 45
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


class FoldedAddresses(UniqueAddressHeader, BaseHeader):  # type: ignore[misc] # so does the library combine them
    """A header with addresses, such as To."""

    def fold(self, *, policy: Policy) -> str:
        """The header's lines. A name in ASCII is one quoted string on a line; another one is a row of encoded words."""
        if not getattr(policy, "utf8", False) and not all(address.addr_spec.isascii() for address in self.addresses):
            return super().fold(policy=policy)
        lines = f",{policy.linesep} ".join(
            f"{policy.linesep} ".join((*_words(address), f"<{address.addr_spec}>")) for address in self.addresses
        )
        return f"{self.name}: {lines}{policy.linesep}"


@cache
def message_policy() -> "EmailPolicy[EmailMessage]":
    """How our emails are written (RFC 5322)."""
    registry = HeaderRegistry()
    for name in ("from", "to", "reply-to"):
        registry.map_to_type(name, FoldedAddresses)
    return SMTP.clone(header_factory=registry)


def mailbox(name: str, address: str) -> Address:
    """The one who has this name and email address. Python parses no address with other letters before the @."""
    if address.isascii():
        return Address(name, addr_spec=address)
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def to_bytes(message: EmailMessage) -> bytes:
    """The message for a file: in UTF-8 (RFC 6532) where an address needs that."""
    addresses = [address for name in ("From", "To") for address in message[name].addresses]
    utf8 = not all(address.addr_spec.isascii() for address in addresses)
    return message.as_bytes(policy=message_policy().clone(utf8=utf8))


def _words(address: Address) -> Iterator[str]:
    """The name as lines. Parts of a name that is in several encoded words are read without a space between."""
    name = address.display_name
    if not name:
        return
    if not name.isascii() or "=?" in name:
        yield from (f"=?utf-8?b?{base64.b64encode(part).decode()}?=" for part in _parts(name))
    elif _ATOMS.fullmatch(name):
        yield name
    else:
        yield '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _parts(text: str) -> Iterator[bytes]:
    """The text in UTF-8, split between characters into parts that each fit an encoded word."""
    part = b""
    for character in text.encode(errors="replace").decode():
        encoded = character.encode()
        if len(part) + len(encoded) > MOST_BYTES:
            yield part
            part = b""
        part += encoded
    yield part
