"""What each choice means, in the words of each language: what people are shown before they choose."""

from server.catchups.rules.ledger import WORDINGS, Channel, ChoiceKind, ShownWording
from server.i18n.catalog import Language


def wording(kind: ChoiceKind, language: Language, channel: Channel = Channel.PAGE) -> ShownWording:
    """What this choice means, as a page in this language says it."""
    return ShownWording(language.gettext(WORDINGS[kind]), language.code, channel)
