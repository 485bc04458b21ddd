"""Texts for people in rules: they are marked here, and translated where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


def N_(text: str) -> str:
    """The text itself. `make messages` finds the texts to translate by this function's name."""
    return text


class Translatable(Protocol):
    """A sentence with the values of its %(placeholders)s: a Text, or a refusal."""

    @property
    def sentence(self) -> str: ...
    @property
    def values(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence with the values of its %(placeholders)s, to be translated.

    Numbers among the values are written as the language writes them. A number that is a name, such as a port, is
    passed as text.
    """

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The text in English."""
        return self.sentence % self.values if self.values else self.sentence
