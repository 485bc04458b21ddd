"""What is kept is encrypted with a key of the server's secret, for its own place."""

import pytest

from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer
from server.secret import ServerSecret

SEALER = Sealer(ServerSecret("secret"))


def test_it_is_read_as_it_was_written():
    sealed = SEALER.seal(b"My exam", "item:1:a")
    assert b"exam" not in sealed
    assert SEALER.open(sealed, "item:1:a") == b"My exam"


def test_the_same_text_never_looks_the_same():
    assert SEALER.seal(b"My exam", "item:1:a") != SEALER.seal(b"My exam", "item:1:a")


def test_it_cannot_be_read_elsewhere_changed_or_without_the_secret():
    sealed = SEALER.seal(b"My exam", "item:1:a")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for sealer, content, place in (
        (SEALER, sealed, "item:2:a"),
        (SEALER, changed, "item:1:a"),
        (SEALER, b"short", "item:1:a"),
        (Sealer(ServerSecret("other")), sealed, "item:1:a"),
    ):
        with pytest.raises(UnreadableContent):
            sealer.open(content, place)
