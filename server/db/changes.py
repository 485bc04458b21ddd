"""Tells those who wait in this process, and the main process, what a committed transaction has changed."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

NOTED = "fireside changes"


class Topic(NamedTuple):
    """What can change: a catch-up with its offers and bookings, what is kept of it, a booking's call, a person's data
    and visits, the messages of a mentorship, the matching of a scheme, or a guest's seat.
    """

    kind: Literal["catchup", "content", "booking", "person", "messages", "matching", "guest"]
    id: int


def note_change(connection: AsyncConnection, topic: Topic) -> None:
    """Notes, in a writing transaction, what it changes: it is told once the transaction has been committed."""
    connection.info[NOTED].add(topic)


class Changes:
    """Who waits for which changes. `pass_on` takes those that were made here to where others wait: in the main process,
    and from there on other machines."""

    def __init__(self) -> None:
        self.pass_on: Callable[[Collection[Topic]], None] | None = None
        self._watching: dict[object, tuple[frozenset[Topic], Callable[[], None]]] = {}

    @contextmanager
    def watch(self, topics: Collection[Topic], changed: Callable[[], None]) -> Iterator[None]:
        """Calls `changed` after each transaction that changes one of the topics, until the block ends."""
        name = object()
        self._watching[name] = frozenset(topics), changed
        try:
            yield
        finally:
            del self._watching[name]

    def tell(self, topics: Collection[Topic]) -> None:
        """Calls those who watch one of these topics, here and elsewhere."""
        self.hear(topics)
        if self.pass_on is not None:
            self.pass_on(topics)

    def hear(self, topics: Collection[Topic]) -> None:
        """Calls those who watch one of these topics here: it was told elsewhere."""
        for watched, changed in list(self._watching.values()):
            if not watched.isdisjoint(topics):
                changed()
