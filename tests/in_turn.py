"""How the tests are shared out among the workers."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

CALLING = re.compile(r"\b(?:into_call|to_lobby|sees_and_hears|media_flows)\b")


class CallsInTurn(LoadScopeScheduling):
    """Each test by itself, as it comes; but calls of browsers one after the other, in one worker: two of them at once
    leave neither enough of two cores."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "calls" if _has_calls(file) else nodeid


@cache
def _has_calls(file: str) -> bool:
    return bool(CALLING.search(Path(file).read_text()))
