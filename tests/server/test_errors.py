"""Every refusal has a sentence for people and a status that fits."""

from datetime import UTC, datetime

import pytest

from server import errors
from server.errors import BadDraft, DomainError, TooEarly


def every(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(deeper for sub in kind.__subclasses__() for deeper in every(sub))]


@pytest.mark.parametrize("kind", every(errors.DomainError), ids=lambda kind: kind.__name__)
def test_each_says_a_whole_sentence(kind: type[DomainError]) -> None:
    assert kind.sentence.endswith(".")
    assert 400 <= kind.status < 500


def test_a_sentence_keeps_what_is_put_into_it() -> None:
    """So that the edge can translate it before."""
    problem = BadDraft("starts", "At most %(most)s.", most=3)
    assert (problem.field, problem.sentence, problem.values, str(problem)) == (
        "starts",
        "At most %(most)s.",
        {"most": 3},
        "At most 3.",
    )


def test_too_early_says_when() -> None:
    opens_at = datetime(2026, 11, 24, tzinfo=UTC)
    assert TooEarly(opens_at).opens_at == opens_at
