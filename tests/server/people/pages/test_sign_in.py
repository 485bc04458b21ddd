"""The page to sign in."""

import json

from webauthn.helpers import base64url_to_bytes

from tests.authenticator import Authenticator
from tests.server.people.pages.test_passkeys import added


async def signing_in(guest, mine, **more):
    await guest.get("/sign-in/options.json")
    challenge = base64url_to_bytes(json.loads(guest.text)["challenge"])
    return await guest.post("/sign-in", credential=mine.use(challenge), **more)


async def test_a_passkey_signs_in_in_another_browser(site, mentee, nobody):
    mine = await added(mentee, "My phone")
    await signing_in(nobody, mine)
    assert (nobody.status, nobody.path) == (200, "/home")
    assert ">Sam</a>" in nobody.text


async def test_an_unknown_one_is_told_to_use_a_link(site, nobody, contents):
    before = await contents()
    await signing_in(nobody, Authenticator(site.base_url, "127.0.0.1"))
    assert (nobody.status, "not known here any more" in nobody.text, "Send me a link" in nobody.text) == (
        403,
        True,
        True,
    )
    assert await contents() == before


async def test_from_another_site_it_is_refused(site, mentee, nobody, contents):
    mine = await added(mentee, "My phone")
    before = await contents()
    await signing_in(nobody, mine, origin="https://phish.example")
    assert nobody.status == 403
    mine.origin = "https://phish.example"
    await signing_in(nobody, mine)
    assert (nobody.status, "could not be checked here" in nobody.text) == (403, True)
    assert await contents() == before


async def test_the_page_offers_both_ways_and_asks_for_nothing_else(nobody):
    await nobody.get("/sign-in")
    assert (nobody.status, 'autocomplete="email webauthn"' in nobody.text) == (200, True)
    assert 'action="/lost-link"' in nobody.text
