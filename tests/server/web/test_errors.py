"""Refusals have a status by their kind. A fault of ours is a page, without a trace of its inside."""

import pytest

from server.calls.rules.errors import CallOver
from server.catchups.rules.errors import BookingOver, OfferExpired, TimePassed
from server.db.database import OutcomeUnknown, Unavailable
from server.errors import InvalidInput
from server.people.rules.errors import LinkNotFound
from server.web.access import ForeignForm, UnreadableRequest
from server.web.errors import status_of


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (None, 200),
        (UnreadableRequest(), 400),
        (ForeignForm(), 403),
        (CallOver(), 403),
        (LinkNotFound(), 404),
        (BookingOver(), 409),
        (OfferExpired(), 410),
        (TimePassed(), 422),
        (InvalidInput("note", "Please shorten it."), 422),
    ],
)
def test_a_page_that_shows_a_problem_has_the_status_of_its_kind(problem, status):
    assert status_of(problem) == status


async def test_a_fault_is_a_page_without_a_stack_trace(mentor, monkeypatch):
    async def fail(*_):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("server.people.queries.home.mentorships_of", fail)
    await mentor.get("/home")
    assert mentor.status == 500
    assert "on our side" in mentor.text
    assert "inside" not in mentor.text
    assert "Traceback" not in mentor.text


@pytest.mark.parametrize(
    ("fault", "sentence"), [(Unavailable, "Nothing was changed"), (OutcomeUnknown, "whether it was saved")]
)
async def test_a_database_that_cannot_be_used_is_explained_with_when_to_try_again(mentor, monkeypatch, fault, sentence):
    async def fail(*_, **__):
        raise fault("connection refused")

    monkeypatch.setattr("server.people.store.people.set_zone", fail)
    await mentor.get("/home")
    await mentor.post("/zone", zone="Europe/Paris")
    assert (mentor.status, mentor.headers["Retry-After"]) == (503, "5")
    assert sentence in mentor.text
    assert "refused" not in mentor.text


async def test_a_page_that_cannot_be_read_says_nothing_of_what_was_saved_before(mentor, monkeypatch):
    """It may be the page that follows a form which was saved."""

    async def fail(*_):
        raise Unavailable("connection refused")

    monkeypatch.setattr("server.people.queries.home.mentorships_of", fail)
    await mentor.get("/home")
    assert (mentor.status, mentor.headers["Retry-After"]) == (503, "5")
    assert "We cannot reach our database right now. Please try again in a moment." in mentor.text
