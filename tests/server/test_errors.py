"""Every refusal has a sentence for people and a status that fits."""

from datetime import UTC, datetime

import pytest

from server.calls.rules.errors import TooEarly
from server.errors import DomainError, InvalidInput
from server.routes import ROUTES
from server.web.errors import status_of


def every(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(deeper for sub in kind.__subclasses__() for deeper in every(sub))]


@pytest.mark.parametrize("kind", every(DomainError), ids=lambda kind: kind.__name__)
def test_each_says_a_whole_sentence(kind: type[DomainError]) -> None:
    assert ROUTES
    assert kind.sentence.endswith(".")
    assert 400 <= status_of(kind.__new__(kind)) < 500


def test_a_sentence_keeps_what_is_put_into_it() -> None:
    """So that the edge can translate it before."""
    problem = InvalidInput("starts", "At most %(most)s.", most=3)
    assert (problem.field, problem.sentence, problem.values, str(problem)) == (
        "starts",
        "At most %(most)s.",
        {"most": 3},
        "At most 3.",
    )


def test_too_early_says_when() -> None:
    opens_at = datetime(2026, 11, 24, tzinfo=UTC)
    assert TooEarly(opens_at).opens_at == opens_at
