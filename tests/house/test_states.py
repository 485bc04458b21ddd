"""The diagrams in docs/states.md are what the tables of transitions say.

`python tests/house/test_states.py` draws them anew from the tables, in the project's folder.
"""

from collections.abc import Iterable
from pathlib import Path

from server.catchups.rules import bookings, offers

PAGE = Path(__file__).parents[2] / "docs/states.md"

SIDES = {"author": "who asked", "recipient": "who was asked", "clock": "the clock"}

OFFERS = """\
# States

Drawn from the tables of transitions (`TRANSITIONS` in `server/catchups/rules/offers.py` and
`server/catchups/rules/bookings.py`); a test holds this page to them.

## An offer

At most one offer of a catch-up is open. An answer is undone while nothing has been built on it. Undoing a suggestion
withdraws it; a booking that was called off or held withdraws the wish to move it.

"""

BOOKINGS = """
## A booking

At most one booking of a catch-up is confirmed or held. One is moved by an offer of its own: when that is accepted, the
booking is rescheduled and a new one takes its place.

"""


def draw() -> str:
    of_offers = [(state, event, to, f" ({SIDES[side]})") for (state, event), (side, to) in offers.TRANSITIONS.items()]
    of_bookings = [(state, event, to, "") for (state, event), to in bookings.TRANSITIONS.items()]
    return OFFERS + _diagram("open", of_offers) + BOOKINGS + _diagram("confirmed", of_bookings)


def _diagram(first: str, arrows: Iterable[tuple[str, str, str, str]]) -> str:
    drawn = [f"    {state} --> {to}: {event.replace('_', ' ')}{who}" for state, event, to, who in arrows]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *drawn, "```", ""])


def test_the_diagrams_are_what_the_tables_say() -> None:
    assert PAGE.read_text() == draw()


if __name__ == "__main__":
    PAGE.write_text(draw())
