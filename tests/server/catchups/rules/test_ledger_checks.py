"""The check of the ledger goes on from where it came, and finds what does not hold, also against an earlier head."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.ledger import (
    GENESIS,
    Choice,
    ChoiceKind,
    NewChoice,
    ShownWording,
    Statement,
    entry_hash,
    make_choice,
    offer_subject,
)
from server.catchups.rules.ledger_checks import (
    START,
    WHOLE_AFTER_FAULT,
    WHOLE_EVERY,
    Fault,
    FaultKind,
    LedgerCheck,
    Position,
    check_end,
    check_entries,
    is_due_again,
)
from server.catchups.rules.ledger_heads import LedgerHead

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHOWN = ShownWording("By offering you agree.", "en")
WORDINGS = {SHOWN.hash: SHOWN.text}


def a_chain(length: int) -> list[tuple[int, Choice]]:
    """Entries with the ids 10, 20 and so on."""
    chain: list[tuple[int, Choice]] = []
    for number in range(length):
        new = NewChoice(ChoiceKind.OFFERED, Statement(2, 3, SHOWN))
        previous = chain[-1][1].hash if chain else GENESIS
        chain.append((10 * number + 10, make_choice(previous, new, offer_subject(number), NOW)))
    return chain


def after(chain: list[tuple[int, Choice]], entries: int) -> Position:
    entry_id, choice = chain[entries - 1]
    return Position(entries, entry_id, choice.hash)


def head_after(chain: list[tuple[int, Choice]], entries: int) -> LedgerHead:
    return LedgerHead(entries, chain[entries - 1][1].hash, NOW)


def test_it_goes_on_from_where_it_came_and_ends_where_a_check_in_one_go_ends() -> None:
    chain = a_chain(5)
    halfway, fault = check_entries(START, chain[:3], WORDINGS)
    assert (halfway, fault) == (after(chain, 3), None)
    assert check_entries(halfway, chain[2:], WORDINGS) == (after(chain, 5), None)
    assert check_entries(START, chain, WORDINGS) == (after(chain, 5), None)


@pytest.mark.parametrize("change", [{"hash": "f" * 64}, {"language": "de"}, None], ids=["hash", "content", "deleted"])
def test_the_entry_that_it_came_to_may_have_been_altered_since(change: dict[str, str] | None) -> None:
    chain = a_chain(3)
    position = after(chain, 2)
    there = chain[1:]
    there = there[1:] if change is None else [(20, replace(there[0][1], **change)), there[1]]  # type: ignore[arg-type]
    named = 30 if change is None else 20
    assert check_entries(position, there, WORDINGS) == (position, Fault(FaultKind.ALTERED, named, 2))


def test_when_nothing_is_left_of_where_it_came_the_last_entry_is_named() -> None:
    position = after(a_chain(2), 2)
    assert check_entries(position, [], WORDINGS) == (position, Fault(FaultKind.ALTERED, 20, 2))


def test_it_stops_before_the_first_entry_that_does_not_hold() -> None:
    chain = a_chain(4)
    chain[2] = (30, replace(chain[2][1], person_id=9))
    assert check_entries(START, chain, WORDINGS) == (after(chain, 2), Fault(FaultKind.ALTERED, 30, 2))


@pytest.mark.parametrize("text", ["I agree to everything.", None])
def test_a_wording_that_was_altered_or_is_gone_is_found(text: str | None) -> None:
    wordings = {} if text is None else {SHOWN.hash: text}
    assert check_entries(START, a_chain(2), wordings) == (START, Fault(FaultKind.REWORDED, 10, 0))


def test_a_chain_made_again_with_fitting_hashes_is_not_the_one_that_held_before() -> None:
    chain = a_chain(4)
    earlier = head_after(chain, 3)
    made_again, previous = [], GENESIS
    for entry_id, choice in chain:
        changed = replace(choice, language="de", previous_hash=previous)
        previous = entry_hash(changed)
        made_again.append((entry_id, replace(changed, hash=previous)))
    assert check_entries(START, made_again, WORDINGS)[1] is None
    assert check_entries(START, made_again, WORDINGS, earlier) == (
        after(made_again, 2),
        Fault(FaultKind.REWRITTEN, 30, 3),
    )
    assert check_entries(START, chain, WORDINGS, earlier) == (after(chain, 4), None)


def test_the_end_is_where_the_chain_s_head_says_and_no_earlier_than_a_head_before() -> None:
    chain = a_chain(3)
    end = after(chain, 3)
    assert check_end(end, 3, end.hash, head_after(chain, 2)) is None
    assert check_end(after(chain, 2), 3, end.hash) == Fault(FaultKind.MISSING, None, 3)
    short = after(chain, 2)
    assert check_end(short, 2, short.hash, head_after(chain, 3)) == Fault(FaultKind.MISSING, None, 3)


def test_all_is_checked_again_after_a_day_and_sooner_while_something_does_not_hold() -> None:
    moment = timedelta(seconds=1)
    check = LedgerCheck(NOW)
    assert not is_due_again(check, NOW + WHOLE_EVERY - moment)
    assert is_due_again(check, NOW + WHOLE_EVERY)
    faulty = replace(check, fault=Fault(FaultKind.MISSING, None, 3))
    assert not is_due_again(faulty, NOW + WHOLE_AFTER_FAULT - moment)
    assert is_due_again(faulty, NOW + WHOLE_AFTER_FAULT)
