"""An email that came in, read as far as it can be: from whom, what it says, and with which files (RFC 5322, MIME).

Whatever the bytes are, they are read without an error, or as an email that nobody can read.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses
from itertools import islice

from server.mail.html_text import text_of_html
from server.mail.quotes import own_words, unflowed

# Of all its texts together.
MOST_TEXT = 300_000
MOST_FILES = 20
MOST_PARTS = 200
# The library looks for the end of each container in each line.
MOST_CONTAINERS = 30
BOUNDARY = re.compile(rb"boundary[*\d]*[\s\x1c-\x1f]*=", re.IGNORECASE)
# Of the headers that are taken apart. The library takes long for longer ones.
LONGEST_HEADER = 8000
PARSED_HEADERS = frozenset({"from", "content-type", "content-disposition", "content-transfer-encoding"})
# What says that no person has written it: RFC 3834, RFC 2076, RFC 2919, and what programs add.
NOBODYS_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "x-autoreply",
    "x-autorespond",
    "x-auto-response-suppress",
)
NOBODYS_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
NOBODYS_NAMES = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply"})
REPORTS = frozenset({"multipart/report", "message/disposition-notification", "message/delivery-status"})
# They are about the email and not of it: signatures, and the form that only Outlook reads.
NO_FILES = frozenset(
    {"application/pgp-signature", "application/pgp-keys", "application/pkcs7-signature", "application/ms-tnef"}
    | {"application/x-pkcs7-signature"}
)
# Text codecs of Python that are no charset of an email; they take long.
NO_CHARSETS = frozenset({"punycode", "idna"})


class UnreadableEmail(ValueError):
    """The bytes are no email that Python can read."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReceivedEmail:
    """`words` are the sender's own, without quotes and signature. `sender` is the address in From, empty when there is
    not exactly one. `automatic`: no person has written it."""

    message_id: str
    sender: str
    automatic: bool
    words: str
    files: tuple[ReceivedFile, ...] = ()


class _Policy(Compat32):
    """The library's older one: the parser of the newer takes minutes for some headers of a few thousand letters."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """On one line, and what is not in ASCII read as UTF-8."""
        return "".join(value.splitlines()).encode(errors="surrogateescape").decode(errors="replace")


def read_email(content: bytes) -> ReceivedEmail:
    """Raises UnreadableEmail."""
    if len(BOUNDARY.findall(content)) > MOST_CONTAINERS:
        raise UnreadableEmail
    try:
        message = message_from_bytes(content, policy=_Policy())
        parts = tuple(islice(_parts(message, related=False), MOST_PARTS + 1))
        if len(parts) > MOST_PARTS:
            raise UnreadableEmail
        return ReceivedEmail(
            message_id=_header(message, "message-id"),
            sender=_sender(message),
            automatic=_is_automatic(message),
            words=own_words(_text(parts)),
            files=tuple(_files(parts)),
        )
    # The standard library raises errors of many kinds for headers and parts that are malformed.
    except Exception as error:
        raise UnreadableEmail from error


def _header(message: Message, name: str) -> str:
    """As it came, on one line; empty when there is none."""
    values = [str(value) for key, value in message.raw_items() if key.lower() == name]
    return " ".join(values[0].split()) if values else ""


def _sender(message: Message) -> str:
    """Several headers From, or several addresses in it, say nothing for sure."""
    values = [str(value) for key, value in message.raw_items() if key.lower() == "from"]
    addresses = [address for _, address in getaddresses(values) if address]
    return addresses[0] if len(values) == len(addresses) == 1 else ""


def _is_automatic(message: Message) -> bool:
    submitted = _header(message, "auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _header(message, "precedence").lower() in NOBODYS_PRECEDENCE
        or any(_header(message, name) for name in NOBODYS_HEADERS)
        or _header(message, "return-path") == "<>"
        or message.get_content_type() in REPORTS
        or _sender(message).partition("@")[0].lower() in NOBODYS_NAMES
    )


def _parts(message: Message, *, related: bool) -> Iterator[tuple[Message, bool]]:
    """The parts that are no containers, in order, each with whether it belongs to a page of HTML, as pictures do. An
    email within the email is left out. Raises UnreadableEmail."""
    if any(len(value) > LONGEST_HEADER for key, value in message.raw_items() if key.lower() in PARSED_HEADERS):
        raise UnreadableEmail
    if not message.is_multipart():
        yield message, related
    elif message.get_content_maintype() == "multipart":
        related = message.get_content_subtype() == "related"
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, related=related)


def _text(parts: tuple[tuple[Message, bool], ...]) -> str:
    """The plain text, else that of the HTML."""
    texts = [part for part, _ in parts if part.get_content_maintype() == "text" and not _is_file(part)]
    return _joined(texts, "plain", _plain) or _joined(texts, "html", lambda part: text_of_html(_decoded(part)))


def _joined(parts: list[Message], subtype: str, read: Callable[[Message], str]) -> str:
    """Of a longer text than MOST_TEXT, the beginning."""
    text = ""
    for part in parts:
        if part.get_content_subtype() == subtype and len(text) < MOST_TEXT:
            text = f"{text}\n\n{read(part)}".strip()
    return text[:MOST_TEXT]


def _plain(part: Message) -> str:
    text = _decoded(part)
    if str(part.get_param("format", "")).lower() == "flowed":
        return unflowed(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _decoded(part: Message) -> str:
    """In the charset that it says, else in UTF-8, else as Windows does, without control characters."""
    content = _bytes(part)[:MOST_TEXT]
    charset = str(part.get_content_charset("utf-8"))
    text = None
    for each in (charset, "utf-8"):
        try:
            text = content.decode("utf-8" if each in NO_CHARSETS else each)
            break
        except (LookupError, ValueError):
            continue
    if text is None:
        text = content.decode("cp1252", errors="replace")
    # A lone surrogate cannot be stored.
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n")).encode(errors="replace").decode()


def _files(parts: tuple[tuple[Message, bool], ...]) -> Iterator[ReceivedFile]:
    """Those that the sender has added; the pictures of a page or of a signature are none."""
    found = [part for part, related in parts if _is_file(part) and not (related and part["content-id"])]
    for part in found[:MOST_FILES]:
        yield ReceivedFile(_file_name(part), _bytes(part))


def _file_name(part: Message) -> str:
    """Many programs encode it as RFC 2047 does other headers."""
    name = part.get_filename() or ""
    try:
        return str(make_header(decode_header(name)))
    except (MessageError, LookupError, ValueError):
        return name


def _is_file(part: Message) -> bool:
    if part.get_content_type() in NO_FILES:
        return False
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
