"""Counts for all pairs what is in the sets of both."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

WORD_BITS = 64

Counts = NDArray[np.int16]


class CommonCounts:
    """Of mentors, as rows, and mentees, as columns."""

    def __init__(self, mentors: Iterable[frozenset[Hashable]], mentees: Iterable[frozenset[Hashable]]) -> None:
        rows, columns = tuple(mentors), tuple(mentees)
        # What only one side has is in no common set.
        both = frozenset[Hashable]().union(*rows) & frozenset[Hashable]().union(*columns)
        places = {each: place for place, each in enumerate(both)}
        self._rows, self._columns = _bits(rows, places), _bits(columns, places)

    def of(self, rows: slice) -> Counts:
        """A row for each of these mentors, a column for each mentee."""
        part = self._rows[rows]
        counts = np.zeros((len(part), len(self._columns)), np.int16)
        for word in range(part.shape[1]):
            counts += np.bitwise_count(part[:, word, None] & self._columns[None, :, word])
        return counts


def _bits(sets: Sequence[frozenset[Hashable]], places: dict[Hashable, int]) -> NDArray[np.uint64]:
    bits = np.zeros((len(sets), -(-len(places) // WORD_BITS)), np.uint64)
    for row, each in enumerate(sets):
        for one in each & places.keys():
            bits[row, places[one] // WORD_BITS] |= np.uint64(1 << (places[one] % WORD_BITS))
    return bits
