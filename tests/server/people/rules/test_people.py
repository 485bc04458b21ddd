"""Each of the two in a mentorship has the other."""

import pytest

from server.errors import InvalidInput
from server.people.rules.people import Mentorship, check_email


def test_the_other_of_each() -> None:
    mentorship = Mentorship(id=1, mentor_id=10, mentee_id=20)
    assert (mentorship.other(10), mentorship.other(20)) == (20, 10)


@pytest.mark.parametrize(
    "email",
    [
        "sam@example.org",
        "Sam.O'Kafor+mentoring@Example.ORG",
        "søren@exämple.org",
        "서준@예시.한국",
        "sam@intranet",
        "sam@demo.invalid",
        "sam@mail.local",
        "sam@[192.0.2.1]",
        '"sam"@example.org',
    ],
)
def test_an_address_is_kept_as_it_was_typed(email: str) -> None:
    assert check_email(f" {email}\n") == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "sam",
        "sam@",
        "@example.org",
        "sam okafor@example.org",
        "sam@example@org",
        "sam@-example.org",
        "sam@example..org",
        ".sam@example.org",
        "sam..okafor@example.org",
        "sam@exam_ple.org",
        "Sam <sam@example.org>",
        "sam@example.org, maya@example.org",
        "sam@example.org\r\nBcc: maya@example.org",
        "sam\x00@example.org",
        f"sam@{'e' * 64}.org",
        f"{'s' * 250}@example.org",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_email(email)
    assert refusal.value.field == "email"
