"""When what failed is tried again, what switches a hook off, and which addresses it may have."""

from datetime import timedelta

import pytest

from server.errors import InvalidInput
from server.webhooks.rules.hooks import FAILS_AT_MOST, WAITS, HookAnswer, StoppedBy, check_url, next_try, stopped_by
from tests.server.actors import NOW


def test_eleven_more_tries_come_over_three_days() -> None:
    tries, at = [NOW], NOW
    while at := next_try(len(tries), at):
        tries.append(at)
    assert len(tries) == 12
    assert timedelta(hours=70) < tries[-1] - tries[0] < timedelta(hours=74)
    assert list(WAITS) == sorted(WAITS)


@pytest.mark.parametrize(
    ("status", "failing_for", "by"),
    [
        (410, timedelta(0), StoppedBy.GONE),
        (500, timedelta(0), None),
        (None, FAILS_AT_MOST - timedelta(seconds=1), None),
        (404, FAILS_AT_MOST, StoppedBy.FAILURES),
    ],
)
def test_a_hook_is_switched_off_when_it_wants_no_more_or_takes_nothing_for_days(status, failing_for, by) -> None:
    assert stopped_by(HookAnswer(status, ""), NOW - failing_for, NOW) is by


@pytest.mark.parametrize(("status", "taken"), [(200, True), (204, True), (301, False), (None, False), (199, False)])
def test_only_a_good_answer_takes_an_event(status, taken) -> None:
    assert HookAnswer(status, "").is_taken is taken


def test_an_address_is_taken_without_spaces_around_it() -> None:
    assert check_url(" https://hooks.example/in?key=1 ") == "https://hooks.example/in?key=1"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hooks.example",
        "ftp://hooks.example",
        "https://",
        "https://me:secret@hooks.example",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://[::1",
        "https://hooks.example/a b",
        "https://hooks.example/\u00e9",
        "https://hooks.example/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        check_url(typed)
