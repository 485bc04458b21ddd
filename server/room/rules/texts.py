"""Merging what both write into one text at the same time.

Both began from the same text. What either added stays, and what either took away goes; where both wrote at the same
place, one stands after the other. Words are compared, with difflib of the standard library, and then what changed
within a word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

# With the blanks behind it: by these alone, words that have nothing in common would seem to stay.
WORDS = re.compile(r"\w+[^\S\n]*|\s|[^\w\s]")
# Comparing takes up to the product of both lengths. What has more words than this is taken as replaced as a whole.
MOST_COMPARISONS = 1_000_000
# Fewer equal letters in a row, within words that changed, say nothing.
SURELY_THE_SAME = 3
LETTERS_AT_START, LETTERS_AT_END = re.compile(r"\w+"), re.compile(r"\w+\Z")

# From which place of the earlier text, up to which, by what.
Hunk = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class TextChange:
    """What one of the two made of a text: the `text` now, at which place in it each earlier letter `stayed`, and the
    places of the letters that were `added` before each earlier one.
    """

    text: str
    stayed: Mapping[int, int]
    added: Mapping[int, range]


def merge_texts(base: str, mine: str, theirs: str) -> str:
    """The text with what changed from `base` to `mine` and from `base` to `theirs`.

    Where both added something at the same place, mine comes first: it continues what stands before it. Letters that
    stand side by side in neither text do not become one word.
    """
    if base == theirs:
        return mine
    if base == mine:
        return theirs
    merged: list[str] = []
    before = ""
    last: tuple[int | None, int | None] = (None, None)
    for letter, places in _merged(base, _change(base, mine), _change(base, theirs)):
        together = any(
            place is not None and earlier is not None and place - earlier == 1
            for earlier, place in zip(last, places, strict=True)
        )
        if not together and before.isalnum() and letter.isalnum():
            merged.append(" ")
        merged.append(letter)
        before, last = letter, places
    return "".join(merged)


def _merged(base: str, own: TextChange, other: TextChange) -> Iterator[tuple[str, tuple[int | None, int | None]]]:
    """The letters of the merged text, each with its place in one's own text and in the other's."""
    for place in range(len(base) + 1):
        yield from ((own.text[number], (number, None)) for number in own.added.get(place, ()))
        yield from ((other.text[number], (None, number)) for number in other.added.get(place, ()))
        if place in own.stayed and place in other.stayed:
            yield base[place], (own.stayed[place], other.stayed[place])


def _change(base: str, text: str) -> TextChange:
    stayed: dict[int, int] = {}
    added: dict[int, range] = {}
    last, ends = 0, 0
    for begin, end, new in [*_hunks(base, text), (len(base), len(base), "")]:
        stayed.update(zip(range(last, begin), range(ends, ends + begin - last), strict=True))
        ends += begin - last
        if new:
            added[begin] = range(ends, ends + len(new))
        last, ends = end, ends + len(new)
    return TextChange(text, stayed, added)


def _hunks(base: str, text: str) -> Iterator[Hunk]:
    """What gave way to what, in the order of the text. People change little at once: equal ends are skipped."""
    before, after = WORDS.findall(base), WORDS.findall(text)
    head = _same(before, after)
    tail = _same(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    begin = sum(map(len, before[:head]))
    for first, last, one, two in _between(old, new, _matching(old, new)):
        start = begin + sum(map(len, old[:first]))
        yield from _within("".join(old[first:last]), "".join(new[one:two]), start)


def _within(old: str, new: str, begin: int) -> Iterator[Hunk]:
    """The hunks within words that changed. Where letters may have been added at several places, the first counts: that
    is where a word begins.
    """
    tail = _same(old[::-1], new[::-1])
    head = min(_same(old, new), min(len(old), len(new)) - tail)
    if head + tail == min(len(old), len(new)):
        yield begin + head, begin + len(old) - tail, new[head : len(new) - tail]
        return
    blocks = (_whole_words(old, new, block) for block in _matching(old, new))
    for first, last, one, two in _between(old, new, [block for block in blocks if block.size >= SURELY_THE_SAME]):
        yield begin + first, begin + last, new[one:two]


def _whole_words(old: str, new: str, block: Match) -> Match:
    """The block without the few letters at its ends that only happen to be in another word, too."""
    place, other, size = block
    same = old[place : place + size]
    cut = LETTERS_AT_START.match(same)
    if cut and len(cut[0]) < SURELY_THE_SAME and (_in_word(old, place) or _in_word(new, other)):
        place, other, size = place + len(cut[0]), other + len(cut[0]), size - len(cut[0])
    cut = LETTERS_AT_END.search(same)
    if cut and len(cut[0]) < SURELY_THE_SAME and (_in_word(old, place + size) or _in_word(new, other + size)):
        size -= len(cut[0])
    return Match(place, other, max(0, size))


def _in_word(text: str, place: int) -> bool:
    """Whether there are letters on both sides of the place."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _matching(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """What is equal, in the order of both."""
    if len(old) * len(new) > MOST_COMPARISONS:
        return []
    return SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()


def _between(old: Sequence[str], new: Sequence[str], blocks: Sequence[Match]) -> Iterator[tuple[int, int, int, int]]:
    """Which parts of the old give way to which of the new, between blocks that are equal."""
    first, one = 0, 0
    for place, other, size in [*blocks, Match(len(old), len(new), 0)]:
        if place > first or other > one:
            yield first, place, one, other
        first, one = place + size, other + size


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words or letters at the beginning are the same."""
    for count, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return count
    return min(len(one), len(other))
