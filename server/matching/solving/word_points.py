"""The points of the words of all pairs: `WordWeights.points` of each, by one product of sparse matrices."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from server.matching.rules.model import TERMS, Term
from server.matching.rules.words import WHOLE, WordText, WordWeights, fullness


class WordPoints:
    """`brought` are the words of the mentors, as rows, `sought` those of the mentees, as columns."""

    def __init__(self, brought: Sequence[WordText], sought: Sequence[WordText], weights: WordWeights) -> None:
        places: dict[str, int] = {}
        for text in sought:
            for stem in text.counts:
                places.setdefault(stem, len(places))
        self._mentors = _matrix(
            [{places[stem]: full for stem, full in fullness(text).items() if stem in places} for text in brought],
            len(places),
        )
        rarity = {stem: weights.rarity(stem) for stem in places}
        mentees = _matrix([{places[stem]: rarity[stem] for stem in text.counts} for text in sought], len(places))
        self._mentees = mentees.T.tocsr()
        self._enough = np.array([weights.enough(text) for text in sought], np.int64)

    def of(self, rows: slice) -> NDArray[np.int16]:
        """A row for each of these mentors, a column for each mentee."""
        most = TERMS[Term.WORDS]
        sums = (self._mentors[rows] @ self._mentees).toarray()
        points: NDArray[np.int16] = np.minimum(sums * most // (self._enough * WHOLE), most).astype(np.int16)
        return points


def _matrix(rows: Sequence[dict[int, int]], columns: int) -> csr_array:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    places = np.array([place for row in rows for place in row], np.int32)
    values = np.array([value for row in rows for value in row.values()], np.int64)
    return csr_array((values, places, ends), shape=(len(rows), columns))
