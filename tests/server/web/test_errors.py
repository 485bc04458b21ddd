"""A fault of ours is a page, without a trace of its inside."""

import pytest

from server.db.database import OutcomeUnknown, Unavailable


async def test_a_fault_is_a_page_without_a_stack_trace(mentor, monkeypatch):
    async def fail(*_):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("server.people.pages.home.mentorships_of", fail)
    await mentor.get("/home")
    assert mentor.status == 500
    assert "on our side" in mentor.text
    assert "inside" not in mentor.text
    assert "Traceback" not in mentor.text


@pytest.mark.parametrize(
    ("fault", "said"), [(Unavailable, "Nothing was changed"), (OutcomeUnknown, "whether it was saved")]
)
async def test_a_database_that_is_away_is_said_kindly_with_when_to_try_again(mentor, monkeypatch, fault, said):
    async def fail(*_):
        raise fault("connection refused")

    monkeypatch.setattr("server.people.pages.home.mentorships_of", fail)
    await mentor.get("/home")
    assert (mentor.status, mentor.headers["Retry-After"]) == (503, "5")
    assert said in mentor.text
    assert "refused" not in mentor.text
