"""Names in headers: whatever a name is, one address with this name is read, on every Python that is supported."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

import pytest

from server.mail.headers import mailbox, message_policy, to_bytes
from server.mail.message import write_email
from tests.server.catchups.an_email import BASE, NOW, SENDER
from tests.server.mail.test_message import EMAIL, ENTRY

ROOT = Path(__file__).parents[3]
NAMES = [
    "Sam Okafor",
    "Okafor, Sam",
    "a@b.c, <evil@example.org>",
    'Sam "the Great" \\ Okafor; group:',
    "Prof. Dr. Maximiliane-Charlotte Freifrau von und zu Hohenstein-Wittelsbach, geb. Lindqvist, M.A.",
    "Prof. Dr. Åsa Lindqvist-Ångström von und zu Hohenstein-Wittelsbach, geb. Öberg (Umeå), M.A.",
    "محمد عبد الرحمن بن عبد الله بن عبد العزيز آل الشيخ المعروف بأبي خالد الدمشقي",
    "नितिन कुमार श्रीवास्तव चतुर्वेदी त्रिपाठी द्विवेदी मुखोपाध्याय",
    "李伟" * 100,
    "🙂" * 100,
    "x" * 200,
    "Ä " * 99 + "Ä",
]
# Writes one email for each name, as bytes in hexadecimal.
WRITE = """
import json, sys
from email.headerregistry import Address
from email.message import EmailMessage
from server.mail.headers import message_policy
written = []
for name in json.loads(sys.stdin.read()):
    message = EmailMessage(policy=message_policy())
    message["From"] = str(Address(name, addr_spec="scheme@example.org"))
    message["To"] = Address(name, addr_spec="sam@example.org")
    written.append(bytes(message).hex())
print(json.dumps([sys.version_info[:3], written]))
"""


def pythons() -> list[str]:
    """This one, and those of other versions on this machine."""
    places = [*Path("/usr/bin").glob("python3.*[0-9]"), *Path("/root/.pyenv/versions").glob("3.*/bin/python")]
    supported = re.compile(r"3\.1[1-9]")
    return [sys.executable, *(str(place) for place in sorted(places) if supported.search(str(place)))]


def read(header: str) -> list[tuple[str, str]]:
    """The names and addresses, as RFC 5322 and RFC 2047 have them read."""
    line = re.sub(r"\r?\n(?=[ \t])", "", header)
    return [(str(make_header(decode_header(name))), address) for name, address in getaddresses([line])]


@pytest.mark.parametrize("python", pythons())
def test_each_is_one_address_with_its_name(python):
    done = subprocess.run(
        [python, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}){WRITE}"],
        input=json.dumps(NAMES),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    _, written = json.loads(done.stdout)
    for name, raw in zip(NAMES, map(bytes.fromhex, written), strict=True):
        message = message_from_bytes(raw)
        assert read(message["To"]) == [(name, "sam@example.org")]
        assert read(message["From"]) == [(name, "scheme@example.org")]
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_what_looks_like_an_encoded_word_is_read_as_it_is():
    message = EmailMessage(policy=message_policy())
    message["To"] = mailbox("=?utf-8?q?Maya?=", "sam@example.org")
    assert read(message_from_bytes(bytes(message))["To"]) == [("=?utf-8?q?Maya?=", "sam@example.org")]


@pytest.mark.parametrize("address", ["søren@exämple.org", "서준@예시.한국", "sam@exämple.org", '"sam s"@example.org'])
def test_an_international_address_stands_as_it_is(address):
    message = write_email(replace(EMAIL, name="Søren", address=address), ENTRY, BASE, SENDER, NOW)
    assert f"To: =?utf-8?b?U8O4cmVu?=\r\n <{address}>\r\n" in to_bytes(message).decode()
