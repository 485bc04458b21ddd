"""That people choose on just the wording that they were shown."""

from aiohttp import web
from jinja2 import pass_context
from jinja2.runtime import Context

from server.catchups.rules.errors import WordingChanged
from server.catchups.rules.ledger import Channel, ChoiceKind, Shown
from server.catchups.rules.wordings import wording
from server.web.forms import Form
from server.web.rendering import language_for


@pass_context
def wording_in(context: Context, kind: str) -> Shown:
    """What this kind of choice means, in the language of the page: templates know it as `wording`."""
    return wording(ChoiceKind(kind), context["language"])


def shown(request: web.Request, form: Form, kind: ChoiceKind, channel: Channel = Channel.PAGE) -> Shown:
    """What the form showed of this choice: its fields `wording` have the hash of each text that stood on the page.

    Raises WordingChanged when the page said something else than it would say now.
    """
    present = wording(kind, language_for(request), channel)
    if present.hash not in form.getall("wording", []):
        raise WordingChanged
    return present


def phone_shown(request: web.Request, form: Form) -> Shown | None:
    """What the form showed of going on by phone where video fails; None when that was not ticked.

    Raises WordingChanged.
    """
    return shown(request, form, ChoiceKind.ALLOWED_PHONE) if "phone_fallback" in form else None
