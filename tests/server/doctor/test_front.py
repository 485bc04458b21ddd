"""How many web servers in front name the visitor's address."""

import pytest

from server.doctor.findings import Verdict
from server.doctor.front import SENT, judge_forwarding

VISITOR, INNER = "198.51.100.20", "10.0.0.2"


@pytest.mark.parametrize(
    ("seen", "adding"),
    [
        ([SENT], 0),
        ([], 0),
        ([SENT, VISITOR], 1),
        ([VISITOR], 1),
        ([SENT, VISITOR, INNER], 2),
    ],
)
def test_the_setting_must_say_how_many_add_to_the_header(seen, adding):
    assert judge_forwarding(seen, adding).verdict is Verdict.GOOD
    for other in {0, 1, 2, 3} - {adding}:
        found = judge_forwarding(seen, other)
        assert (found.verdict, f"FIRESIDE_PROXIES={adding}" in found.help) == (Verdict.WRONG, True)
    assert "could say that they are somebody else" in judge_forwarding(seen, adding + 1).said
