"""That people choose on just the wording that they were shown."""

from aiohttp import web

from server.catchups.rules.ledger import Channel, ChoiceKind, ShownWording, wording
from server.errors import WordingChanged
from server.web.forms import Form
from server.web.rendering import language_for


def shown(request: web.Request, form: Form, kind: ChoiceKind, channel: Channel = Channel.PAGE) -> ShownWording:
    """What the form showed of this choice: its fields `wording` have the hash of each text that stood on the page.

    Raises WordingChanged when the page said something else than it would say now.
    """
    present = wording(kind, language_for(request), channel)
    if present.hash not in form.getall("wording", []):
        raise WordingChanged
    return present


def phone_shown(request: web.Request, form: Form) -> ShownWording | None:
    """What the form showed of going on by phone where video fails; None when that was not ticked.

    Raises WordingChanged.
    """
    return shown(request, form, ChoiceKind.ALLOWED_PHONE) if "phone_fallback" in form else None
