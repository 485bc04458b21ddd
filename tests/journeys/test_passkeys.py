"""Passkeys in a real browser with a virtual authenticator: added, used, removed, and of no use to another site."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.cast import Fireside
from tests.journeys.conftest import DESK, new_page, sign_in
from tests.smtp_server import SmtpServer, link_in

ADA = "ada@demo.invalid"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# As a browser whose fields cannot offer passkeys.
NO_OFFERS = "delete PublicKeyCredential.isConditionalMediationAvailable"
USE = """async ({rpId, challenge}) => {
  const bytes = Uint8Array.from(atob(challenge.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  try {
    const used = await navigator.credentials.get({publicKey: {rpId, challenge: bytes, userVerification: "required"}});
    return JSON.stringify({id: used.id, rawId: used.id, type: used.type, response: {
      clientDataJSON: text(used.response.clientDataJSON),
      authenticatorData: text(used.response.authenticatorData),
      signature: text(used.response.signature),
    }});
  } catch (error) {
    return error.name;
  }
}"""


async def key_for(page: Page) -> tuple[CDPSession, str]:
    """The page's browser has an authenticator from now on."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return session, made["authenticatorId"]


async def with_passkey(page: Page, fireside: Fireside, link: str) -> tuple[CDPSession, str]:
    """Somebody who has opened their link and added a passkey, and has signed out."""
    key = await key_for(page)
    if link == "admin":
        await sign_in(page, fireside.links[link])
    else:
        await page.goto(fireside.links[link])
    await page.goto(f"{fireside.base_url}/me")
    await page.get_by_role("link", name="Passkeys").click()
    await page.get_by_label("Name").fill("My key")
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("status").first).to_have_text(
        "The passkey was added. From now on you can sign in with it."
    )
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("link", name="Sign in").wait_for()
    return key


@pytest.fixture
async def phish() -> AsyncIterator[str]:
    """Another site, on the same host: its pages may ask for passkeys of this host."""

    async def show(request: web.Request) -> web.Response:
        return web.Response(text="<title>Fireside</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", show)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://localhost:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def test_an_admin_adds_one_signs_in_with_it_by_button_or_field_and_removes_it(
    fireside: Fireside, admin: Page, smtp_server: SmtpServer
) -> None:
    await with_passkey(admin, fireside, "admin")
    await admin.goto(f"{fireside.base_url}/sign-in")
    # The field offers it, and the authenticator takes the offer by itself.
    await expect(admin.get_by_role("link", name="Audit log")).to_be_visible()
    await admin.get_by_role("button", name="Sign out").click()
    await admin.add_init_script(NO_OFFERS)
    await admin.get_by_role("link", name="Sign in").click()
    await admin.get_by_role("button", name="Sign in with a passkey").click()
    await admin.get_by_role("link", name="Audit log").click()
    await expect(admin.get_by_role("cell", name="Added a passkey")).to_be_visible()

    await admin.goto(f"{fireside.base_url}/me/passkeys")
    await admin.get_by_role("button", name="Remove").click()
    await expect(admin.get_by_text("You have no passkey yet.")).to_be_visible()
    await admin.get_by_role("button", name="Sign out").click()
    await admin.goto(f"{fireside.base_url}/sign-in")
    await admin.get_by_role("button", name="Sign in with a passkey").click()
    await expect(admin.get_by_role("alert")).to_contain_text("This passkey is not known here any more.")


async def test_a_mentor_uses_one_in_place_of_the_link(fireside: Fireside, mentor: Page) -> None:
    await with_passkey(mentor, fireside, "mentor")
    await mentor.goto(f"{fireside.base_url}/sign-in")
    await mentor.wait_for_url("**/home")
    await expect(mentor.get_by_role("link", name="Audit log")).to_have_count(0)


async def test_on_a_second_device_a_link_by_email_signs_in(
    chromium: Browser, fireside: Fireside, admin: Page, smtp_server: SmtpServer
) -> None:
    await with_passkey(admin, fireside, "admin")
    second = await new_page(chromium, DESK)
    await second.goto(f"{fireside.base_url}/sign-in")
    await second.get_by_label("Your email address").fill(ADA)
    await second.keyboard.press("Enter")
    await expect(second.get_by_role("heading", name="Check your email")).to_be_visible()
    link = link_in(await smtp_server.next_email(ADA, "Your link to sign in"))
    await sign_in(second, link)
    await second.goto(f"{fireside.base_url}/me/passkeys")
    await expect(second.get_by_role("heading", name="My key")).to_be_visible()
    await second.goto(link)
    await expect(second.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await second.context.close()


async def test_what_another_site_lures_out_of_one_is_refused(fireside: Fireside, admin: Page, phish: str) -> None:
    """Under another host the browser gives nothing; at another port of this host it does, and the server refuses."""
    await with_passkey(admin, fireside, "admin")
    async with aiohttp.ClientSession() as session:

        async def challenge() -> str:
            async with session.get(f"{fireside.base_url}/sign-in/options.json") as response:
                return str((await response.json())["challenge"])

        async def knock(credential: str) -> tuple[int, bool]:
            data = {"credential": credential}
            async with session.post(f"{fireside.base_url}/sign-in", data=data, allow_redirects=False) as response:
                return response.status, "Set-Cookie" in response.headers

        await admin.goto(phish.replace("localhost", "127.0.0.1"))
        said = await admin.evaluate(USE, {"rpId": "localhost", "challenge": await challenge()})
        assert said == "SecurityError"
        await admin.goto(phish)
        lured = await admin.evaluate(USE, {"rpId": "localhost", "challenge": await challenge()})
        assert json.loads(lured)["type"] == "public-key"
        assert await knock(lured) == (403, False)
        # The same passkey and the same script on our own page: what was refused was the other site.
        await admin.goto(f"{fireside.base_url}/lost-link")
        own = await admin.evaluate(USE, {"rpId": "localhost", "challenge": await challenge()})
        assert await knock(own) == (303, True)
