"""People and who may meet whom."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known to the server. `zone` is an IANA time zone name, `language` a BCP 47 tag.

    `zone_known`: they or their browser said it is theirs. `discreet`: subjects and calendars name nobody.
    """

    id: int
    name: str
    email: str
    phone: str
    zone: str
    language: str
    needs: str
    zone_known: bool = False
    discreet: bool = True


@dataclass(frozen=True, slots=True)
class Mentorship:
    """A mentor and a mentee who have agreed to work together."""

    id: int
    mentor_id: int
    mentee_id: int

    def other(self, person_id: int) -> int:
        """The id of the one who is not `person_id`."""
        return self.mentee_id if person_id == self.mentor_id else self.mentor_id
