"""A signed head is read back as it was written, and a change to any part of it is found."""

from datetime import UTC, datetime

import pytest

from server.catchups.rules.ledger import GENESIS
from server.catchups.rules.ledger_heads import LedgerHead, find_head, is_signed_with, sign_head

KEY, OTHER_KEY = b"k" * 32, b"x" * 32
HEAD = LedgerHead(42, "ab" * 32, datetime(2026, 11, 28, 18, 5, 12, tzinfo=UTC))


def test_it_is_one_line_that_never_changes() -> None:
    """Written down, because heads are kept for years."""
    assert str(sign_head(HEAD, KEY)) == (
        f"fireside-ledger-head:1:42:{'ab' * 32}:20261128T180512Z:NXl0NvnQ9p609zqPRl3KYszhc9nFEgoiMrmP7L0zRtQ"
    )


@pytest.mark.parametrize("head", [HEAD, LedgerHead(0, GENESIS, HEAD.date)])
def test_it_is_read_back(head: LedgerHead) -> None:
    signed = sign_head(head, KEY)
    assert find_head(str(signed)) == signed
    assert is_signed_with(signed, KEY)
    assert not is_signed_with(signed, OTHER_KEY)


def test_it_is_found_in_an_email_that_broke_it_over_lines() -> None:
    signed = sign_head(HEAD, KEY)
    line = str(signed)
    assert find_head(f"This week:\r\n{line[:70]}\r\n{line[70:140]}\r\n{line[140:]}\r\n\r\nBye\r\n") == signed


@pytest.mark.parametrize(
    ("part", "changed"),
    [(":42:", ":41:"), ("abab", "abac"), ("20261128", "20261127"), (":20261128T180512Z:", ":20261128T180513Z:")],
)
def test_a_change_to_any_part_is_found(part: str, changed: str) -> None:
    found = find_head(str(sign_head(HEAD, KEY)).replace(part, changed, 1))
    assert found is not None
    assert not is_signed_with(found, KEY)


@pytest.mark.parametrize(
    "text", ["", "hello", "fireside-ledger-head:1:42", str(sign_head(HEAD, KEY)).replace("20261128", "20261399")]
)
def test_what_is_no_head_is_none(text: str) -> None:
    assert find_head(text) is None
