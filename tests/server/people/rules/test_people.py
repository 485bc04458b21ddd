"""Each of the two in a mentorship has the other."""

import pytest

from server.errors import InvalidInput
from server.people.rules.people import Mentorship, check_phone


def test_the_other_of_each() -> None:
    mentorship = Mentorship(id=1, mentor_id=10, mentee_id=20)
    assert (mentorship.other(10), mentorship.other(20)) == (20, 10)


def test_a_number_is_kept_with_single_spaces() -> None:
    assert check_phone("  +44  20 7946 0123 ") == "+44 20 7946 0123"


@pytest.mark.parametrize("phone", ["", "  ", "1234", "+1234567890123456", "call me", "+44;20794", "٠١٢٣٤٥٦٧"])
def test_what_no_telephone_dials_is_refused(phone: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_phone(phone)
    assert refusal.value.field == "phone"
