"""Compares what a mentee seeks with what a mentor brings, in their own words, by BM25.

How rare a word is, is counted among mentees only, and the length of a text is compared with a fixed one. So mentors who
come or go change no score of another, and a word that few mentors have does not count for more because of that. All is
in whole numbers: sums are the same in whatever order they are made.

The languages of texts are not known. Words are cut to their beginning, which takes the place of a stemmer; in Arabic
the article and common endings go first. Scripts without spaces between words are read in pairs of signs.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from server.matching.rules.model import ENOUGH_WORDS, MOST_WORDS, TERMS, Term
from server.matching.rules.stop_words import STOP_WORDS

WHOLE = 1000
K1 = 1.2
B = 0.5
USUAL_LENGTH = 20
STEM = 5
# Two words are shown as the same where at least so much of the longer one is their common beginning.
SAME = Fraction(3, 5)
SHORTEST = 2
# Written within words, and seen by nobody.
JOINERS = dict.fromkeys((0x00AD, 0x200C, 0x200D))
# Thai, Lao, Burmese, Khmer, kana, Chinese characters.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3]")
ARABIC_LETTERS = str.maketrans("أإآٱىئؤة", "ااااييوه", "\u0640")
ARABIC_BEGINNINGS = ("وال", "بال", "كال", "فال", "لل", "ال", "و")
ARABIC_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")


@dataclass(frozen=True, slots=True)
class WordText:
    """`words` are its words as written, by what they are compared by, in the order of the text, each once. `counts` is
    how often each comes, `length` how many there are, without the words that say nothing."""

    words: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return sum(self.counts.values())


def read_words(text: str) -> WordText:
    words: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for written in _written_words(text):
        for stem, word in _stems(written):
            words.setdefault(stem, word)
            counts[stem] += 1
    return WordText(words, counts)


class WordWeights:
    """How much each word counts, in thousandths, from what all the mentees of a matching wrote."""

    def __init__(self, sought: Iterable[WordText]) -> None:
        texts = tuple(sought)
        self._number = len(texts)
        self._in = Counter(stem for text in texts for stem in text.counts)

    def rarity(self, stem: str) -> int:
        """BM25's inverse document frequency: above 0, the rarer the more."""
        found = self._in[stem]
        return max(1, round(WHOLE * math.log(1 + (self._number - found + 0.5) / (found + 0.5))))

    def enough(self, sought: WordText) -> int:
        """What its ENOUGH_WORDS rarest words count together: all points are for as much. At least 1."""
        return max(1, sum(sorted(map(self.rarity, sought.counts), reverse=True)[:ENOUGH_WORDS]))

    def shared(self, sought: WordText, brought: WordText) -> tuple[str, ...]:
        """At most MOST_WORDS of the words that are in both, as the mentee wrote them, the rarest first. What only
        begins alike ("interview", "international") is not among them."""
        common = (stem for stem in sought.counts if stem in brought.counts)
        same = [stem for stem in common if _are_same(sought.words[stem], brought.words[stem])]
        same.sort(key=lambda stem: (-self.rarity(stem), stem))
        return tuple(sought.words[stem] for stem in same[:MOST_WORDS])

    def points(self, sought: WordText, brought: WordText) -> int:
        """Whole points, up to those of the term."""
        filled = fullness(brought)
        sum_ = sum(self.rarity(stem) * filled[stem] for stem in sought.counts if stem in filled)
        return points_of(sum_, self.enough(sought))


def fullness(brought: WordText) -> Mapping[str, int]:
    """What BM25 makes of how often each word comes in a text of this length: WHOLE for once in one of USUAL_LENGTH."""
    bend = K1 * (1 - B + B * brought.length / USUAL_LENGTH)
    return {stem: round(WHOLE * count * (K1 + 1) / (count + bend)) for stem, count in brought.counts.items()}


def points_of(sum_: int, enough: int) -> int:
    """`sum_` is of rarity times fullness."""
    most = TERMS[Term.WORDS]
    return min(most, most * sum_ // (WHOLE * enough))


def _written_words(text: str) -> list[str]:
    """Letters with their marks, and digits; all else stands between words."""
    joined = text.translate(JOINERS)
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in joined).split()


def _stems(written: str) -> Iterable[tuple[str, str]]:
    if UNSPACED.search(written):
        for pair in (written[at : at + 2] for at in range(max(1, len(written) - 1))):
            yield unicodedata.normalize("NFKC", pair), pair
        return
    word = _compared(written)
    if len(word) >= SHORTEST and word not in STOP_WORDS and not word.isdigit():
        yield _root(word)[:STEM], written


def _are_same(one: str, other: str) -> bool:
    roots = _root(_compared(one)), _root(_compared(other))
    return _begin_alike(*roots) >= SAME * max(map(len, roots))


def _begin_alike(one: str, other: str) -> int:
    """How many letters."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _compared(written: str) -> str:
    return _without_accents(written.casefold()).translate(ARABIC_LETTERS)


def _without_accents(word: str) -> str:
    """Nor vowel signs that are put above and below letters: one who types none is understood too."""
    spread = unicodedata.normalize("NFKD", word)
    return unicodedata.normalize("NFC", "".join(sign for sign in spread if not unicodedata.combining(sign)))


def _root(word: str) -> str:
    """Of an Arabic word, without the article and what is joined to it, and without one common ending, as long as three
    letters stay; of others, the word."""
    if not ARABIC.search(word):
        return word
    for beginning in ARABIC_BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= 3:
            word = word.removeprefix(beginning)
            break
    for ending in ARABIC_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
