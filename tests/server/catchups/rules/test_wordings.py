"""What people are shown before they choose: said in their language, each choice in words of its own."""

from server.catchups.rules.ledger import WORDINGS, Channel, ChoiceKind
from server.catchups.rules.wordings import wording
from server.i18n.catalog import ENGLISH, LANGUAGES, language_of


def test_each_choice_has_its_words_in_each_language():
    shown = [wording(kind, language) for kind in ChoiceKind for language in LANGUAGES.values()]
    assert len({each.hash for each in shown}) == len(ChoiceKind) * len(LANGUAGES)


def test_english_is_as_the_rules_say_it():
    assert {kind: wording(kind, ENGLISH).text for kind in ChoiceKind} == WORDINGS


def test_it_says_where_and_in_which_language_it_stood():
    shown = wording(ChoiceKind.WITHDREW, language_of("de-AT"), Channel.CALL)
    assert (shown.language, shown.channel) == ("de", Channel.CALL)
