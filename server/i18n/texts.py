"""Texts for people, where a rule says them: marked here, translated where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


def N_(text: str) -> str:
    """The text itself. The name is the mark by which `make messages` finds texts to translate."""
    return text


class Translatable(Protocol):
    """A sentence with the values of its %(placeholders)s: a Text, or a refusal."""

    @property
    def sentence(self) -> str: ...
    @property
    def values(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence with the values of its %(placeholders)s, to be said in a reader's language.

    A number among the values is written as that language writes it; one that is a name, such as a port, is text.
    """

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English of it."""
        return self.sentence % self.values if self.values else self.sentence
