"""Each of the two in a mentorship has the other."""

from server.domain.people import Mentorship


def test_the_other_of_each() -> None:
    mentorship = Mentorship(id=1, mentor_id=10, mentee_id=20)
    assert (mentorship.other(10), mentorship.other(20)) == (20, 10)
