"""Periods of retention."""

from datetime import timedelta

import pytest

from server.privacy.rules.retention import Kept, Period, parse_days
from tests.server.actors import NOW


def test_what_is_kept_for_ever_has_no_limit() -> None:
    assert Period(Kept.WORDS, 0).limit(NOW) is None
    assert Period(Kept.WORDS, 90).limit(NOW) == NOW - timedelta(days=90)


def test_a_period_names_its_setting() -> None:
    assert Period(Kept.QUALITY, 0).setting == "FIRESIDE_KEEP_QUALITY_DAYS"


@pytest.mark.parametrize("text", ["", "soon", "-1", "1", "29", "3651"])
def test_a_period_that_would_take_what_is_still_used_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_days(text)


def test_others_are_taken() -> None:
    assert [parse_days(text) for text in ("0", "30", "3650")] == [0, 30, 3650]
