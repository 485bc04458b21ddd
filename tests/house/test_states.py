"""The diagrams in docs/states.md are what the tables of transitions say.

`python tests/house/test_states.py` draws them again from the tables, in the project's folder.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server.catchups.rules import bookings, offers
from server.guests.rules import seats
from server.introductions.rules import introductions
from server.matching.rules import proposals, runs
from server.mentorships.rules import courses
from server.people.rules import mentorships
from server.schemes.rules import memberships

PAGE = Path(__file__).parents[2] / "docs/states.md"

SIDES = {
    "author": "who asked",
    "recipient": "who was asked",
    "either": "either of the two",
    "guest": "the guest",
    "clock": "the clock",
    "system": "the system",
    "scheme": "those who run the scheme",
    "mentor": "the mentor",
    "mentee": "the mentee",
    "person": "the person",
    "coordinator": "who coordinates the scheme",
    "anyone": "either of the two, or those who run the scheme",
}

OFFERS = """\
# States

Drawn from the tables of transitions (`TRANSITIONS` in `server/catchups/rules/offers.py` and
`server/catchups/rules/bookings.py`); a test holds this page to them.

## An offer

At most one offer of a catch-up is open. An answer is undone while nothing depends on it. The system withdraws an offer
that has become pointless: a suggestion that is undone, a wish to move a booking that was called off or held, and what
waits in a mentorship that is paused or ended. It ends an offer that has run out when new times replace it before the
clock has come to it.

"""

BOOKINGS = """
## A booking

At most one booking of a catch-up is confirmed or held. One is moved by an offer of its own: when that is accepted, the
booking is rescheduled and a new one takes its place; one that was missed by then stays missed. Who pauses
or ends a mentorship may call off what is to come with it.

"""

MENTORSHIPS = """
## A mentorship

Either of the two, or those who run the scheme, pause it, let it go on and end it (`TRANSITIONS` in
`server/people/rules/mentorships.py`). A pause of the scheme's is ended by the scheme. While it is paused or ended
nothing new is offered; messages can still be written while it is paused.

"""

COURSES = """
## The course of a mentorship

Once both have said how long they would like to work together (`TRANSITIONS` in
`server/mentorships/rules/courses.py`). Two catch-ups before the end both are told and asked, each alone, whether they
would like to go on; neither is shown what the other says. It goes on when both wish it. It ends when both wish that,
or two weeks after the last catch-up when one does; without a word it stays as it is.

"""

INTRODUCTIONS = """
## An introduction

A mentor brings their mentee and a third person together; these are the two here (`TRANSITIONS` in
`server/introductions/rules/introductions.py`). A no of one of the two is no transition: nothing that the others see
comes of it before the time is over. What both have agreed to is ended by either, and by the clock in the end.

"""

MEMBERSHIPS = """
## A membership

One person's place in a scheme (`TRANSITIONS` in `server/schemes/rules/memberships.py`). Nobody is in a scheme before
they confirmed by the link in an email. A confirmation leads to the waiting list while all places are taken. What the
person wrote is deleted when they leave, are not taken, or the membership ends; they can sign up again.

"""

PROPOSALS = """
## The proposal of a match

A mentee and a mentor of a scheme are asked, one after the other (`TRANSITIONS` in
`server/matching/rules/proposals.py`). While it waits it holds one of the mentor's places. With the mentor's yes their
first call is booked. The system withdraws a proposal when one of the two leaves the scheme.

"""

RUNS = """
## A run of the matching

A process of its own makes it (`TRANSITIONS` in `server/matching/rules/runs.py`). The one that looks after it holds a
lease; when that dies, the run is lost once the lease is over.

"""

GUESTS = """
## A guest's seat

A third person takes part in one catch-up (`TRANSITIONS` in `server/guests/rules/seats.py`). One of the two names them,
the other is asked; who is asked declines, and who asks takes it back. The seat follows a catch-up that is moved, and
ends with one that is called off or over. A guest who says no loses it with all that is kept of them. Somebody who was
introduced is asked, too, once the two have agreed: their yes and their no are entries of the ledger.

"""


def draw() -> str:
    return (
        OFFERS
        + _diagram("open", offers.TRANSITIONS)
        + BOOKINGS
        + _diagram("confirmed", bookings.TRANSITIONS)
        + MENTORSHIPS
        + _diagram("active", mentorships.TRANSITIONS)
        + COURSES
        + _diagram("unplanned", courses.TRANSITIONS)
        + INTRODUCTIONS
        + _diagram("asked", introductions.TRANSITIONS)
        + MEMBERSHIPS
        + _diagram("unconfirmed", memberships.TRANSITIONS)
        + PROPOSALS
        + _diagram("asks_mentee", proposals.TRANSITIONS)
        + RUNS
        + _diagram("waiting", runs.TRANSITIONS)
        + GUESTS
        + _diagram("asked", seats.TRANSITIONS)
    )


def _diagram(first: str, arrows: Mapping[tuple[Any, Any], tuple[Any, Any]]) -> str:
    drawn = [
        f"    {state} --> {to}: {event.replace('_', ' ')} ({SIDES[side]})"
        for (state, event), (side, to) in arrows.items()
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *drawn, "```", ""])


def test_the_diagrams_are_what_the_tables_say() -> None:
    assert PAGE.read_text() == draw()


if __name__ == "__main__":
    PAGE.write_text(draw())
