import contextlib
import json
from types import UnionType
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.protocol import messages
from signaling.protocol.messages import (
    MAX_BYTES,
    MAX_CHAT,
    MAX_KEYS,
    Captions,
    CaptionsFrom,
    Chat,
    ChatLine,
    Ended,
    Enter,
    Hello,
    Keys,
    KeysFrom,
    Leave,
    MediaState,
    PhoneWish,
    Ping,
    RaisedHand,
    Refusal,
    Resume,
    Roster,
    RosterEntry,
    SoundOnly,
    Speaking,
    SpeakingOff,
    Spoken,
    Welcome,
    encode,
    parse,
)
from signaling.seat import IceServer
from tests.signaling.protocol.document import DOCUMENT, documented, fields_of, messages_of

SAID = [
    (Hello(1), {"type": "hello", "version": 1}),
    (
        Enter("v=0", True, False, True),
        {"type": "enter", "offer": "v=0", "microphone": True, "camera": False, "encrypts": True},
    ),
    (Resume("ab"), {"type": "resume", "peer": "ab"}),
    (MediaState(True, False, True), {"type": "state", "microphone": True, "camera": False, "screen": True}),
    (PhoneWish(True), {"type": "phone", "wanted": True}),
    (RaisedHand(True), {"type": "hand", "raised": True}),
    (SoundOnly(True), {"type": "sound_only", "on": True}),
    (Chat("1234-5678", "{}"), {"type": "chat", "id": "1234-5678", "content": "{}"}),
    (Keys("5", "{}"), {"type": "keys", "to": "5", "content": "{}"}),
    (
        Captions("5", "yes", "en-GB"),
        {"type": "captions", "to": "5", "says": "yes", "language": "en-GB"},
    ),
    (SpeakingOff(), {"type": "speaking_off"}),
    (Leave(), {"type": "leave"}),
    (Ping(7), {"type": "ping", "n": 7}),
]


@pytest.mark.parametrize(("message", "said"), SAID)
def test_it_reads_every_message_of_a_browser(message: messages.ClientMessage, said: dict[str, object]) -> None:
    assert parse(json.dumps(said)) == message
    assert json.loads(encode(message)) == said


def test_every_message_of_a_browser_is_shown_above() -> None:
    assert [type(message) for message, _ in SAID] == list(get_args(messages.ClientMessage))


def test_a_browser_that_says_nothing_of_it_does_not_encrypt() -> None:
    assert parse('{"type": "enter", "offer": "v=0", "microphone": true, "camera": false}') == Enter("v=0", True, False)


def test_it_writes_nested_messages() -> None:
    roster = Roster((RosterEntry("5", "Ann", "in", 0, True, False, False),))
    assert json.loads(encode(roster)) == {
        "type": "roster",
        "people": [
            {
                "person": "5",
                "name": "Ann",
                "here": "in",
                "slot": 0,
                "microphone": True,
                "camera": False,
                "screen": False,
                "connection": "",
                "phone": False,
                "hand": False,
                "sound_only": False,
                "encrypts": False,
            }
        ],
    }
    assert json.loads(encode(Welcome(1, "5", "Ann", 1, True, True)))["ice_servers"] == []
    spoken = {"person": "5", "recent": 1.5, "total": 2.0}
    assert json.loads(encode(Speaking(True, (Spoken("5", 1.5, 2.0),))))["people"] == [spoken]
    line = {"type": "chat", "id": "1234-5678", "person": "5", "name": "Ann", "at": 1.5, "content": "é"}
    assert json.loads(encode(ChatLine("1234-5678", "5", "Ann", 1.5, "é"))) == line
    assert encode(KeysFrom("5", "{}")) == '{"type":"keys","person":"5","content":"{}"}'
    asked = '{"type":"captions","person":"5","says":"ask","language":""}'
    assert encode(CaptionsFrom("5", "ask", "")) == asked
    assert encode(Ended("left")) == '{"type":"ended","why":"left"}'


@pytest.mark.parametrize(
    ("text", "code", "about"),
    [
        ("", "malformed", None),
        ("[]", "malformed", None),
        ('{"version": 1}', "malformed", None),
        ('{"type": 1}', "malformed", None),
        ('{"type": ["hello"]}', "malformed", None),
        ('{"type": "shout"}', "unknown_type", None),
        ('{"type": "roster", "people": []}', "unknown_type", None),
        ('{"type": "hello"}', "malformed", "hello"),
        ('{"type": "hello", "version": "1"}', "malformed", "hello"),
        ('{"type": "hello", "version": true}', "malformed", "hello"),
        ('{"type": "hello", "version": 2}', "wrong_version", "hello"),
        ('{"type": "leave", "why": "so"}', "malformed", "leave"),
        ('{"type": "enter", "offer": "", "microphone": 1, "camera": true}', "malformed", "enter"),
        ('{"type": "chat", "id": "1234-567", "content": ""}', "malformed", "chat"),
        ('{"type": "chat", "id": "1234567", "content": "x"}', "malformed", "chat"),
        ('{"type": "chat", "id": "1234-56/", "content": "x"}', "malformed", "chat"),
        ('{"type": "chat", "id": "1234-567\\n", "content": "x"}', "malformed", "chat"),
        ('{"type": "chat", "id": "1234-567", "content": {"text": "x"}}', "malformed", "chat"),
        ('{"type": "chat", "id": "1234-567", "content": "' + "x" * (MAX_CHAT + 1) + '"}', "malformed", "chat"),
        ('{"type": "keys", "to": "5", "content": ""}', "malformed", "keys"),
        ('{"type": "keys", "to": 5, "content": "x"}', "malformed", "keys"),
        ('{"type": "keys", "to": "5", "content": "' + "x" * (MAX_KEYS + 1) + '"}', "malformed", "keys"),
        ('{"type": "captions", "to": "5", "says": "words"}', "malformed", "captions"),
        ('{"type": "captions", "to": "5"}', "malformed", "captions"),
        ('{"type": "captions", "to": "5", "says": "yes", "language": "e n"}', "malformed", "captions"),
        ('{"type": "captions", "to": "5", "says": "yes", "language": "' + "e" * 36 + '"}', "malformed", "captions"),
        ('{"type": "captions", "to": "5", "says": "yes", "text": "x"}', "malformed", "captions"),
        ('{"type": "ping", "n": 1e400}', "malformed", "ping"),
        (" " * (MAX_BYTES + 1), "too_large", None),
        ("é" * (MAX_BYTES // 2 + 1), "too_large", None),
    ],
)
def test_what_is_no_message_has_a_named_error(text: str, code: str, about: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        parse(text)
    assert (caught.value.code, caught.value.about) == (code, about)
    assert caught.value.text.endswith(".")


def test_the_largest_message_is_taken() -> None:
    text = '{"type": "leave"}'
    assert parse(text + " " * (MAX_BYTES - len(text))) == Leave()


FIELDS = ["type", "version", "offer", "n", "x", "id", "content"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS), inner),
    )
)
def test_no_value_raises_anything_else(value: object) -> None:
    with contextlib.suppress(Refusal):
        parse(json.dumps(value))


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(Refusal):
        parse(text)


@pytest.mark.parametrize(
    ("heading", "protocol"),
    [("From the browser", messages.ClientMessage), ("From the server", messages.ServerMessage)],
)
def test_the_document_has_every_message_and_field(heading: str, protocol: UnionType) -> None:
    assert documented(heading) == messages_of(protocol)


def test_the_document_has_the_parts_of_messages() -> None:
    assert documented("Parts of messages") == {
        "person in a roster": fields_of(RosterEntry),
        "ice server": fields_of(IceServer),
        "speaking time": fields_of(Spoken),
    }


@pytest.mark.parametrize("words", [messages.ErrorCode, messages.CaptionWord, messages.Presence, messages.EndReason])
def test_the_document_has_every_word(words: object) -> None:
    assert [word for word in words.__args__ if f"`{word}`" not in DOCUMENT] == []  # type: ignore[attr-defined]


def test_the_document_has_the_close_codes() -> None:
    section = DOCUMENT.split("### Close codes\n")[1].split("\n#")[0]
    codes = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| 4")]
    own = (messages.ENDED, messages.RELAY_LOST, messages.TOO_MANY_MALFORMED, messages.TOO_MANY)
    assert codes == [str(code) for code in own]
