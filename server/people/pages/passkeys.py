"""The visitor's passkeys: adding one, and removing one."""

import json
import secrets

from aiohttp import web

from server.errors import DomainError
from server.people.actions.passkeys import add_passkey, remove_passkey
from server.people.queries.passkeys import read_passkeys_page
from server.people.rules.browsers import browser_name
from server.people.rules.passkeys import (
    CHALLENGES,
    HANDLES,
    NAME_LIMIT,
    NONCE_BYTES,
    adding_in,
    make_challenge,
    relying_party,
    user_handle,
)
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE, SECRET, SETTINGS
from server.web.rendering import fields_of, page, see_other

PAGE = "/me/passkeys"


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def options(request: web.Request) -> web.Response:
    """What the browser makes a passkey by (PublicKeyCredentialCreationOptionsJSON)."""
    # Imported here: it takes longer than all else that a start needs.
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    app, visitor = request.app, visitor_of(request)
    found = await read_passkeys_page(app[DATABASE], visitor)
    party = relying_party(app[SETTINGS].base_url)
    made = generate_registration_options(
        rp_id=party.id,
        rp_name="Fireside",
        user_id=user_handle(app[SECRET].key(HANDLES), visitor.person.id),
        user_name=found.email,
        user_display_name=visitor.person.name,
        challenge=make_challenge(
            app[SECRET].key(CHALLENGES),
            adding_in(visitor.visit_id),
            secrets.token_bytes(NONCE_BYTES),
            app[CLOCK](),
        ),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id))
            for each in found.passkeys
            if each.rp_id == party.id
        ],
    )
    return web.json_response(json.loads(options_to_json(made)))


async def add(request: web.Request) -> web.Response:
    app, form = request.app, await request.post()
    name = text(form, "name")
    try:
        await add_passkey(
            app[DATABASE],
            visitor_of(request),
            name,
            text(form, "credential"),
            relying_party(app[SETTINGS].base_url),
            app[SECRET].key(CHALLENGES),
            app[CLOCK](),
        )
    except DomainError as problem:
        return await _page(request, name, problem)
    return see_other(f"{PAGE}?done=added")


async def remove(request: web.Request) -> web.Response:
    app = request.app
    mailing = app[SETTINGS].mail_folder is None
    await remove_passkey(app[DATABASE], visitor_of(request), id_of(request), app[CLOCK](), mailing=mailing)
    return see_other(f"{PAGE}?done=removed")


async def _page(request: web.Request, name: str = "", problem: DomainError | None = None) -> web.Response:
    found = await read_passkeys_page(request.app[DATABASE], visitor_of(request))
    return page(
        request,
        "people/passkeys.html",
        status=status_of(problem),
        **fields_of(found),
        host=relying_party(request.app[SETTINGS].base_url).id,
        browser=browser_name(request.headers.get("User-Agent", "")),
        name=name,
        name_limit=NAME_LIMIT,
        problem=problem,
        done=request.query.get("done") if problem is None else None,
    )
