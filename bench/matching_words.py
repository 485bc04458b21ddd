"""How well the words of mentees and mentors are compared: BM25 as it is used, beside simpler ways.

    python -m bench.matching_words

Run by `make bench`. For each need of a small set in three languages, written for this, the mentors of that set are
ranked: how often the right one comes first, and the mean of 1 / rank. One who is no better than another is behind them.
"""

from collections.abc import Callable

from server.matching.rules.words import WordText, WordWeights, fullness, read_words
from tests.server.matching.needs import NEEDS

Way = Callable[[WordText, WordText, WordWeights], float]
Reading = Callable[[str], WordText]


def whole_words(text: str) -> WordText:
    words = [word.strip(".,;:!?،؛؟").casefold() for word in text.split()]
    return WordText({word: word for word in words}, {word: words.count(word) for word in words})


def in_common(sought: WordText, brought: WordText, weights: WordWeights) -> float:
    return len(sought.counts.keys() & brought.counts.keys())


def bm25(sought: WordText, brought: WordText, weights: WordWeights) -> float:
    full = fullness(brought)
    return sum(weights.rarity(stem) * full[stem] for stem in sought.counts if stem in full)


def points(sought: WordText, brought: WordText, weights: WordWeights) -> float:
    return weights.points(sought, brought)


WAYS: dict[str, tuple[Reading, Way]] = {
    "whole words in common": (whole_words, in_common),
    "BM25 of whole words": (whole_words, bm25),
    "beginnings in common": (read_words, in_common),
    "BM25 of beginnings": (read_words, bm25),
    "as points": (read_words, points),
}


def ranks(pairs: tuple[tuple[str, str], ...], read: Reading, way: Way) -> list[int]:
    """For each need the rank of the right mentor, from 1."""
    sought, brought = [read(need) for need, _ in pairs], [read(offer) for _, offer in pairs]
    weights = WordWeights(sought)
    found = []
    for right, need in enumerate(sought):
        scores = [way(need, offer, weights) for offer in brought]
        found.append(sum(score >= scores[right] for score in scores))
    return found


def main() -> None:
    for name, (read, way) in WAYS.items():
        figures = []
        for language, pairs in NEEDS.items():
            found = ranks(pairs, read, way)
            first, mean = sum(rank == 1 for rank in found), sum(1 / rank for rank in found) / len(found)
            figures.append(f"{language} {first:2} of {len(found)} first, mean {mean:.2f}")
        print(f"  {name:24}{'; '.join(figures)}")


if __name__ == "__main__":
    main()
