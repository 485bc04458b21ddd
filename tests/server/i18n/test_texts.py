"""Texts in rules, before they are translated."""

from server.i18n.texts import N_, Text


def test_a_text_is_marked_and_stays_itself():
    assert N_("You decide.") == "You decide."


def test_a_text_reads_as_english():
    assert str(Text("%(share)s%% lost", {"share": 0.2})) == "0.2% lost"
    assert str(Text("All of it")) == "All of it"
