"""The pages of webhooks: one is added, tried, stopped, started, and its events are sent again."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

from server.secret import read_secret
from server.webhooks.actions.sending import HookCaller, HookSender
from server.webhooks.transport import call_hook
from tests.server.webhooks.receivers import LOOPBACK, answering, receiver

# The outcome of what was done has the focus.
FOCUSED = 'role="status" tabindex="-1" autofocus>'


def sender_of(site) -> HookSender:
    key = read_secret("", site.data).key("webhooks")
    call = partial(call_hook, policy=LOOPBACK)
    return HookSender(site.database, HookCaller(call, key, lambda: datetime.now(UTC)))


async def sent(site) -> None:
    sender = sender_of(site)
    await sender.start_due()
    await sender.finish()


async def test_a_hook_is_added_tried_and_told_and_shows_what_it_answered(site, admin, pair):
    async with receiver(answering(200, "Noted.")) as here:
        await admin.get("/admin/hooks")
        assert (admin.status, "Add a webhook" in admin.text) == (200, True)
        await admin.post("/admin/hooks", url=here.url)
        [secret] = re.findall(r'<input readonly autofocus dir="ltr" value="(whsec_[\w+/=]{44})"', admin.text)
        [number] = re.findall(r'<a class="button" href="/admin/hooks/(\d+)">', admin.text)
        await admin.get("/admin/hooks")
        assert (secret in admin.text, "not used yet" in admin.text) == (False, True)
        await admin.post(f"/admin/hooks/{number}/test")
        assert f"{FOCUSED}A test event is on its way." in admin.text
        await sent(site)
        await admin.get(f"/admin/hooks/{number}")
        assert all(said in admin.text for said in ("A test", "answered 200", "Noted.", "sent by an admin"))
        booking = await pair.booking()
        await sent(site)
        assert [received.is_signed_with(secret) for received in here.received] == [True, True]
        await admin.get(f"/admin/hooks/{number}")
        assert all(said in admin.text for said in ("A session was booked", f"/history/{booking.id}", "taken", "works"))
        [delivery] = set(re.findall(r'/admin/hook-deliveries/(\d+)/replay"[^/]*delivery', admin.text)[:1])
        await admin.post(f"/admin/hook-deliveries/{delivery}/replay")
        assert "on its way again" in admin.text
        await sent(site)
        assert len({received.id for received in here.received}) == 2
        await admin.post(f"/admin/hooks/{number}/stopping")
        assert "Stopped on" in admin.text
        await admin.post(f"/admin/hooks/{number}/starting")
        assert "The webhook was started." in admin.text
        here.manners = answering(410)
        await pair.booking(datetime.now(UTC) + timedelta(minutes=45))
        await sent(site)
        await admin.get(f"/admin/hooks/{number}")
        assert "it wants no more events (410)" in admin.text
        await admin.get("/admin")
        assert "A webhook has stopped: a system of yours is told nothing." in admin.text
        await admin.get(f"/admin/hooks/{number}")
        await admin.post(f"/admin/hooks/{number}/removal")
        assert f"{FOCUSED}The webhook was removed." in admin.text
    await admin.get("/admin/audit")
    for act in ("Added a webhook", "Sent a test event", "Stopped a webhook", "Started a webhook", "Removed a webhook"):
        assert act in admin.text


async def test_an_address_that_cannot_be_is_said_beside_what_was_typed(admin):
    await admin.get("/admin/hooks")
    await admin.post("/admin/hooks", url="hooks.example")
    assert (admin.status, "begins with https://" in admin.text, 'value="hooks.example"' in admin.text) == (
        422,
        True,
        True,
    )


async def test_there_are_ten_at_most(admin):
    await admin.get("/admin/hooks")
    for number in range(11):
        await admin.post("/admin/hooks", url=f"https://hooks.example/{number}")
    assert (admin.status, "There are ten webhooks already." in admin.text) == (409, True)


async def test_coordinators_may_not(coordinator):
    await coordinator.get("/admin")
    for path in ("/admin/hooks", "/admin/hooks/1/test", "/admin/hooks/1/removal", "/admin/hook-deliveries/1/replay"):
        await coordinator.post(path, url="https://hooks.example/")
        assert coordinator.status == 404
