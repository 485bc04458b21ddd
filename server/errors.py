"""The kinds of refusals. Each refusal has a name and a sentence for people; the features name their own.

server/web/errors.py says which HTTP status goes with which kind.
"""

from datetime import datetime

from server.i18n.texts import N_, Text


class DomainError(Exception):
    """A refusal by a rule. Unless it is one of the kinds below, the present state does not allow what was asked.

    `sentence` says what is wrong and how to go on; `values` are those of its %(placeholders)s.
    """

    sentence = N_("That is no longer possible.")

    def __init__(self, sentence: str | None = None, **values: object) -> None:
        self.sentence = sentence or type(self).sentence
        self.values = values
        super().__init__(str(Text(self.sentence, values)))


class NotFound(DomainError):
    """It does not exist, or this visitor may not see it: the answer is the same for both."""

    sentence = N_("We could not find that. Please open your link again.")


class Forbidden(DomainError):
    """The visitor may see it, but not do this."""


class ForPrograms:
    """A refusal that programs get, and those who write them: its sentence is in English and not translated."""


class TokenNeeded(ForPrograms, DomainError):
    """A program did not show a token that is good."""

    sentence = "Send a token as Authorization: Bearer TOKEN."


class Gone(DomainError):
    """It was possible until some time ago."""


class InvalidInput(DomainError):
    """A form that must be corrected. `field` names the field that the sentence is about."""

    def __init__(self, field: str, sentence: str, **values: object) -> None:
        super().__init__(sentence, **values)
        self.field = field


class InvalidChoice(DomainError):
    """What was chosen is not one of the possibilities that the page offers."""


class TooManyTries(DomainError):
    """Too many tries from the same address. The next try counts at `again_at` (aware UTC)."""

    sentence = N_("There were too many tries from your network. Please wait a little; nothing is lost.")

    def __init__(self, again_at: datetime) -> None:
        super().__init__()
        self.again_at = again_at
