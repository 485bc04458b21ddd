"""What the product tells the live call about one person: the whole contract between server and signaling."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seat:
    """A right to sit in a call. `call` and `person` are opaque ids; `seats` is the size of the room."""

    call: str
    person: str
    name: str
    seats: int = 2
    may_speak: bool = True
    may_show: bool = True
