"""Whether two kinds of answers can be told apart by how long they take."""

from collections.abc import Sequence


def longer(one: Sequence[float], other: Sequence[float]) -> float:
    """How often an answer of the one kind takes longer than one of the other: a half when nothing tells them apart.

    By chance alone it strays from that by about 0.06 when there are forty of each.
    """
    return sum((first > second) + (first == second) / 2 for first in one for second in other) / (len(one) * len(other))
