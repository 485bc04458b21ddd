"""Numbers are kept as they are dialled from anywhere, and a country code is never added in silence."""

import pytest

from server.errors import InvalidInput
from server.people.rules.phone_numbers import NumberUnconfirmed, check_number, international

STOCKHOLM = "Europe/Stockholm"


@pytest.mark.parametrize(
    "typed",
    ["  +44  20 7946 0123 ", "+442079460123", "+44 (0)20 7946-0123", "+44.20.7946.0123", "\uff0b44 20 7946 0123"],
)
@pytest.mark.parametrize("zone", [STOCKHOLM, "UTC"])
def test_a_number_with_its_country_code_is_shown_as_everyone_dials_it(typed: str, zone: str) -> None:
    assert check_number(typed, zone) == "+44 20 7946 0123"


@pytest.mark.parametrize("typed", ["", "  "])
def test_none_is_none(typed: str) -> None:
    assert check_number(typed, STOCKHOLM) == ""


@pytest.mark.parametrize(
    ("typed", "zone", "number"),
    [
        ("070-123 45 67", STOCKHOLM, "+46 70 123 45 67"),
        ("020 7946 0123", "Europe/London", "+44 20 7946 0123"),
        ("(212) 555-0123", "America/Detroit", "+1 212-555-0123"),
        ("098765 43210", "Asia/Calcutta", "+91 98765 43210"),
        ("00 44 20 7946 0123", STOCKHOLM, "+44 20 7946 0123"),
        ("٠٧٠١٢٣٤٥٦٧", STOCKHOLM, "+46 70 123 45 67"),
    ],
)
def test_a_country_code_that_is_missing_is_asked_about(typed: str, zone: str, number: str) -> None:
    with pytest.raises(NumberUnconfirmed) as question:
        check_number(typed, zone)
    assert (question.value.field, question.value.number) == ("phone", number)
    assert check_number(question.value.number, zone) == number


@pytest.mark.parametrize(
    "typed", ["1234", "112", "+1", "+1234567890123456", "call me", "+44;20794", "+44 20 7946 0123 x5"]
)
def test_what_no_telephone_dials_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_number(typed, STOCKHOLM)
    assert (refusal.value.field, type(refusal.value)) == ("phone", InvalidInput)


def test_where_the_zone_says_no_country_the_code_must_be_typed() -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_number("070-123 45 67", "UTC")
    assert "with its country code" in refusal.value.sentence


def test_a_number_of_an_earlier_version_is_lent_with_its_country_code() -> None:
    assert international("070-123 45 67", STOCKHOLM) == "+46 70 123 45 67"
    assert international("070-123 45 67", "UTC") == "070-123 45 67"
    assert international("", STOCKHOLM) == ""
