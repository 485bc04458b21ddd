"""The letters: discreet, each with its link, and safe from names that look like headers."""

import pytest

from server.domain.people import Person
from server.mail.letters import LETTERS, write_letter

SAM = Person(2, 'Sam "S" Okafor\r\nBcc: x@example.org', "sam@example.org", "", "Europe/London", "en", "")
LINK = "https://fireside.example/l/secret"


@pytest.mark.parametrize("letter", LETTERS)
def test_each_carries_the_link_and_no_name_in_its_subject(letter: str) -> None:
    message = write_letter(letter, SAM, LINK, "Fireside <f@example.org>")
    assert message["Subject"].startswith("Catch-up")
    assert "Sam" not in message["Subject"]
    assert LINK in message.get_content()


def test_a_name_cannot_add_a_header_or_a_recipient() -> None:
    message = write_letter("offer_made", SAM, LINK, "Fireside <f@example.org>")
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["sam@example.org"]
