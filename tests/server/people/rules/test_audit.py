"""An export says why; nothing else has to."""

import pytest

from server.errors import InvalidInput
from server.people.rules.audit import REASON_LIMIT, WITH_REASON, Act, check_reason


def test_exports_merges_and_the_end_of_a_call_need_a_reason():
    assert {Act.EXPORTED, Act.EXPORTED_HISTORY, Act.ENDED_CALL, Act.MERGED_PEOPLE} == WITH_REASON
    assert check_reason(Act.SIGNED_IN, "") == ""


@pytest.mark.parametrize("reason", ["", " \n", "...", "?"])
def test_an_export_without_a_reason_is_refused(reason):
    with pytest.raises(InvalidInput, match="Please say why"):
        check_reason(Act.EXPORTED, reason)


def test_a_reason_is_one_line_and_not_too_long():
    assert check_reason(Act.EXPORTED, " Yearly\n report ") == "Yearly report"
    assert len(check_reason(Act.EXPORTED, "a" * REASON_LIMIT)) == REASON_LIMIT
    with pytest.raises(InvalidInput, match="shorten"):
        check_reason(Act.EXPORTED, "a" * (REASON_LIMIT + 1))
