import pytest

from bench.matching_words import WAYS, ranks
from server.matching.rules.model import MOST_WORDS, TERMS, Term
from server.matching.rules.words import WordText, WordWeights, fullness, points_of, read_words
from tests.server.matching.needs import NEEDS

MOST = TERMS[Term.WORDS]


def compared(sought: str, brought: str, *others: str) -> tuple[int, tuple[str, ...]]:
    """The points and the words shown; `others` is what other mentees seek."""
    texts = [read_words(each) for each in (sought, *others)]
    weights = WordWeights(texts)
    return weights.points(texts[0], read_words(brought)), weights.shared(texts[0], read_words(brought))


@pytest.mark.parametrize(
    ("sought", "brought"),
    [
        ("budget", "Budgeting"),
        ("Gründer", "Grunder"),
        ("GROẞE Gärten", "grosser Garten"),
        ("الميزانية", "ميزانية"),
        ("مِيزانِيّة", "ميزانية"),
        ("أسرة", "اسره"),
        ("Équipe", "equipe"),
        ("ﬁnance", "finance"),
        ("می‌خواهم", "میخواهم"),
        ("बजट", "बजट"),
        ("예산", "예산"),
    ],
)
def test_forms_of_a_word_are_the_same_and_shown_as_the_mentee_wrote_them(sought: str, brought: str) -> None:
    points, words = compared(sought, brought)
    assert points > 0
    assert set(words) <= set(sought.replace("\u200c", "").split())
    assert words


@pytest.mark.parametrize(("sought", "brought"), [("interviews", "international trade"), ("organ", "organisation")])
def test_what_only_begins_alike_is_not_shown_as_the_same(sought: str, brought: str) -> None:
    assert compared(sought, brought)[1] == ()


@pytest.mark.parametrize(
    "text", ["the and with for my you", "und ich möchte gern für die", "أريد من في على أن", "1 2 2026", "", "!?", "a b"]
)
def test_words_that_say_nothing_are_not_read(text: str) -> None:
    assert read_words(text) == WordText()
    assert compared(text, text) == (0, ())


def test_scripts_without_spaces_are_read_in_pairs_of_signs() -> None:
    assert dict(read_words("予算管理").counts) == {"予算": 1, "算管": 1, "管理": 1}
    assert dict(read_words("ใ").counts) == {"ใ": 1}


def test_all_that_somebody_seeks_gives_all_points_and_nothing_gives_none() -> None:
    text = "budget debts taxes rent insurance savings"
    assert compared(text, text)[0] >= MOST - 2
    assert compared(text, "nursing") == (0, ())
    assert compared("", text) == (0, ())


def test_a_word_that_few_mentees_use_counts_for_more() -> None:
    others = ("budget", "budget", "budget and rent", "nursing")
    rare, common = compared("welding budget", "welding", *others)[0], compared("welding budget", "budget", *others)[0]
    assert rare > common > 0


def test_rarity_and_fullness_are_those_of_bm25() -> None:
    """ln(1 + (4 - 1 + 0.5) / (1 + 0.5)) and ln(1 + (4 - 3 + 0.5) / (3 + 0.5)), in thousandths."""
    weights = WordWeights([read_words(text) for text in ("rent tax", "rent", "rent loan", "")])
    assert (weights.rarity("tax"), weights.rarity("rent")) == (1204, 357)
    assert fullness(read_words("rent " + "tax loan food home " * 4 + "room bath roof"))["rent"] == 1000


def test_a_word_counts_for_less_in_a_longer_text_and_hardly_more_when_it_is_repeated() -> None:
    short, long = fullness(read_words("rent tax")), fullness(read_words("rent " + "tax loan food home " * 12))
    assert short["rent"] > long["rent"]
    once, often = fullness(read_words("rent tax loan")), fullness(read_words("rent rent rent"))
    assert once["rent"] < often["rent"] < 2 * once["rent"]


def test_at_most_so_many_words_are_shown_the_rarest_first() -> None:
    words = compared("budget welding rent nursing", "nursing rent welding budget", "budget", "budget rent")[1]
    assert words == ("nursing", "welding", "rent")
    assert len(words) == MOST_WORDS


def test_points_end_at_those_of_the_term() -> None:
    assert points_of(10**9, 1) == MOST


@pytest.mark.parametrize(("language", "least"), [("English", 15), ("German", 15), ("Arabic", 16)])
def test_the_right_mentor_comes_first_more_often_than_by_whole_words(language: str, least: int) -> None:
    first = {name: sum(rank == 1 for rank in ranks(NEEDS[language], *way)) for name, way in WAYS.items()}
    assert first["as points"] >= least
    assert first["as points"] > first["BM25 of whole words"] > first["whole words in common"]
