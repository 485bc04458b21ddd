"""Sentences for people, marked where they are written and translated where they are shown."""


def message(sentence: str) -> str:
    """The sentence as it is: the mark by which the extraction of translations finds it."""
    return sentence
