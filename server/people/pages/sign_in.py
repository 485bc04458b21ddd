"""Signing in: with a passkey, or by a link that is sent by email."""

import json
import secrets

from aiohttp import web

from server.errors import DomainError
from server.people.actions.passkeys import sign_in_with_passkey
from server.people.pages.links import signed_in
from server.people.rules.browsers import browser_name
from server.people.rules.passkeys import CHALLENGES, NONCE_BYTES, SIGN_IN, make_challenge, relying_party
from server.web.access import ForeignAddress, form_of, from_own_pages, token_of
from server.web.errors import status_of
from server.web.forms import text
from server.web.keys import CLOCK, DATABASE, SECRET, SETTINGS
from server.web.rendering import page


async def show(request: web.Request) -> web.Response:
    return _page(request)


async def options(request: web.Request) -> web.Response:
    """What the browser uses a passkey by (PublicKeyCredentialRequestOptionsJSON): any that is for these pages."""
    # Imported here: it takes longer than all else that a start needs.
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    app = request.app
    made = generate_authentication_options(
        rp_id=relying_party(app[SETTINGS].base_url).id,
        challenge=make_challenge(app[SECRET].key(CHALLENGES), SIGN_IN, secrets.token_bytes(NONCE_BYTES), app[CLOCK]()),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return web.json_response(json.loads(options_to_json(made)))


async def use(request: web.Request) -> web.Response:
    """This form has no visit: only its Origin shows that it is ours, and what the passkey has signed."""
    app = request.app
    if "Origin" in request.headers and not from_own_pages(request):
        raise ForeignAddress(address=app[SETTINGS].base_url)
    credential = text(await form_of(request), "credential")
    try:
        started = await sign_in_with_passkey(
            app[DATABASE],
            credential,
            token_of(request),
            relying_party(app[SETTINGS].base_url),
            app[SECRET].key(CHALLENGES),
            app[CLOCK](),
            browser_name(request.headers.get("User-Agent", "")),
        )
    except DomainError as problem:
        return _page(request, problem)
    return signed_in(request, started)


def _page(request: web.Request, problem: DomainError | None = None) -> web.Response:
    return page(request, "people/sign_in.html", status=status_of(problem), problem=problem)
