"""That people choose on exactly the wording that they were shown."""

from aiohttp import web
from jinja2 import pass_context
from jinja2.runtime import Context

from server.catchups.rules.errors import WordingChanged
from server.catchups.rules.ledger import Channel, ChoiceKind, ShownWording, wording
from server.web.forms import Form
from server.web.rendering import language_for


@pass_context
def wording_in(context: Context, kind: str) -> ShownWording:
    """What this kind of choice means, in the language of the page: templates know it as `wording`."""
    return wording(ChoiceKind(kind), context["language"])


def shown_wording(request: web.Request, form: Form, kind: ChoiceKind, channel: Channel = Channel.PAGE) -> ShownWording:
    """The wording of this choice that the form showed: its fields `wording` have the hash of each text on the page.

    Raises WordingChanged when the page said something else than it would say now.
    """
    present = wording(kind, language_for(request), channel)
    if present.hash not in form.getall("wording", []):
        raise WordingChanged
    return present


def shown_phone_wording(request: web.Request, form: Form) -> ShownWording | None:
    """What the form showed of going on by phone where video fails; None when that was not ticked.

    Raises WordingChanged.
    """
    return shown_wording(request, form, ChoiceKind.ALLOWED_PHONE) if "phone_fallback" in form else None
