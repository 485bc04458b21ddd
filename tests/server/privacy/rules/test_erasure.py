"""The typed address that confirms an erasure."""

import pytest

from server.errors import InvalidInput
from server.privacy.rules.erasure import check_typed


def test_the_address_in_capitals_and_with_spaces_is_the_same() -> None:
    check_typed(" Sam@Example.org\n", "sam@example.org")


@pytest.mark.parametrize("typed", ["", "sam", "maya@example.org"])
def test_another_one_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_typed(typed, "sam@example.org")
    assert refusal.value.field == "typed"
