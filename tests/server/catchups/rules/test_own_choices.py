"""What still stands of one's own choices, and how it is withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.own_choices import OwnChoice, withdrawals

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def entry(number: int, kind: str, *, waits: bool = False, until: datetime | None = None, offer: int = 1) -> OwnChoice:
    booking = None if until is None else 9
    return OwnChoice(
        *(number, 5, offer, 2, "Sam", ChoiceKind(kind), None, None, "", NOW, "words", "en", None, "0", "1"),
        waits,
        booking,
        until,
    )


def found(*kinds: str, waits: bool = False, until: datetime | None = None) -> dict[int, str]:
    entries = [entry(number, kind, waits=waits, until=until) for number, kind in enumerate(kinds)]
    return {number: kind.value for number, kind in withdrawals(entries, NOW).items()}


@pytest.mark.parametrize(
    ("kinds", "waits", "booked", "expected"),
    [
        # One's own offer that waits is taken back; what became a booking is withdrawn from.
        (("offered",), True, False, {0: "took_back"}),
        (("offered",), False, True, {0: "withdrew"}),
        (("accepted",), False, True, {0: "withdrew"}),
        # Nothing came of it, or it is over.
        (("offered",), False, False, {}),
        (("accepted",), False, False, {}),
        (("declined",), False, False, {}),
        (("suggested",), False, False, {}),
        # The newest consent counts, and none that fell.
        (("offered", "offered"), True, False, {1: "took_back"}),
        (("offered", "took_back"), True, False, {}),
        (("accepted", "undid"), False, True, {}),
        (("accepted", "withdrew"), False, True, {}),
        (("accepted", "undid", "accepted"), False, True, {2: "withdrew"}),
        # The phone by itself.
        (("accepted", "allowed_phone"), False, True, {0: "withdrew", 1: "disallowed_phone"}),
        (("offered", "allowed_phone"), True, False, {0: "took_back", 1: "disallowed_phone"}),
        (("accepted", "allowed_phone", "disallowed_phone"), False, True, {0: "withdrew"}),
        (("accepted", "allowed_phone", "withdrew"), False, True, {}),
        (("allowed_phone",), False, False, {}),
    ],
)
def test_what_stands(kinds, waits, booked, expected):
    assert found(*kinds, waits=waits, until=LATER if booked else None) == expected


def test_what_is_over_cannot_be_withdrawn():
    assert found("accepted", "allowed_phone", until=NOW) == {}


def test_offers_do_not_mix():
    entries = [entry(1, "offered", waits=True), entry(2, "withdrew", offer=2)]
    assert withdrawals(entries, NOW) == {1: ChoiceKind.TOOK_BACK}
