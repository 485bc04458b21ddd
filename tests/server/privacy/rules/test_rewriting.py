"""Large files are rewritten when no call is near, and within a day in any case."""

from datetime import timedelta

import pytest

from server.privacy.rules.rewriting import SMALL_BYTES, WAITS, may_rewrite
from tests.server.actors import NOW


@pytest.mark.parametrize(
    ("size", "waited", "near", "now"),
    [
        (SMALL_BYTES, timedelta(0), True, True),
        (SMALL_BYTES + 1, timedelta(0), True, False),
        (SMALL_BYTES + 1, timedelta(0), False, True),
        (SMALL_BYTES + 1, WAITS - timedelta(seconds=1), True, False),
        (SMALL_BYTES + 1, WAITS, True, True),
    ],
)
def test_when_files_are_rewritten(size, waited, near, now):
    assert may_rewrite(size, NOW - waited, near, NOW) is now
