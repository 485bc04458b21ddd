"""The diagrams in docs/states.md are what the tables of transitions say.

`python tests/house/test_states.py` draws them again from the tables, in the project's folder.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server.catchups.rules import bookings, offers
from server.people.rules import mentorships

PAGE = Path(__file__).parents[2] / "docs/states.md"

SIDES = {
    "author": "who asked",
    "recipient": "who was asked",
    "either": "either of the two",
    "clock": "the clock",
    "system": "the system",
    "scheme": "those who run the scheme",
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
booking is rescheduled and a new one takes its place; one that was missed by then stays missed. Those who run the scheme
may call off what is to come when they pause or end a mentorship.

"""

MENTORSHIPS = """
## A mentorship

Those who run the scheme pause it, end it and bring it back (`server/people/rules/mentorships.py`). While it is paused
or ended nothing new is offered.

"""


def draw() -> str:
    of_mentorships = {key: ("scheme", state) for key, state in mentorships.TRANSITIONS.items()}
    return (
        OFFERS
        + _diagram("open", offers.TRANSITIONS)
        + BOOKINGS
        + _diagram("confirmed", bookings.TRANSITIONS)
        + MENTORSHIPS
        + _diagram("active", of_mentorships)
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
