"""Events reach the scheme's own systems: none is lost by a receiver that is down, slow, hangs or answers 500, and none
of these holds up anybody else.
"""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from server.calls.actions.ended import AWAY, note_ended
from server.calls.actions.entering import record_news
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.rules.drafts import Draft, Medium
from server.db.tables import webhook_calls, webhook_deliveries
from server.webhooks.actions.hooks import replay, start_hook, stop_hook, try_hook
from server.webhooks.actions.sending import LEASE, HookSender, forget_old
from server.webhooks.queries.hooks import read_hook_page, read_hooks
from server.webhooks.rules.hooks import KEPT, WAITS, HookAnswer, StoppedBy
from server.webhooks.store import hooks as store
from server.webhooks.store.queue import claim_next, wake
from signaling.news import Joined, Left
from signaling.quality import Quality
from tests.cast import free_port, until
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, WITHDREW, a_booking, accepting
from tests.server.webhooks.actions.conftest import Hooks
from tests.server.webhooks.receivers import LOOPBACK, answering, hanging, receiver

LIMIT_S = 60


async def a_call(database, booking, pair, at) -> None:
    """Both come, and leave after 20 minutes."""
    for name, visitor in (("maya", pair.mentor), ("sam", pair.mentee)):
        seat = f"{name} {at.timestamp()}", str(booking.id), str(visitor.person.id)
        await record_news(database, Joined(*seat, at.timestamp()))
    for name, visitor in (("maya", pair.mentor), ("sam", pair.mentee)):
        seat = f"{name} {at.timestamp()}", str(booking.id), str(visitor.person.id)
        await record_news(database, Left(*seat, (at + timedelta(minutes=20)).timestamp(), "left", Quality()))


async def test_a_session_is_told_from_its_booking_to_its_end_in_ids_and_signed(database, pair, hooks):
    async with receiver(answering(204)) as here:
        _, secret = await hooks.add(here.url)
        first = await a_booking(database, pair)
        draft = Draft("", frozenset(Medium), (SECOND,), 30)
        wish = await ask_to_move(database, pair.mentor, first.id, draft, OFFERED, NOW)
        second = await accept_offer(database, pair.mentee, wish.id, accepting(SECOND), NOW)
        await a_call(database, second, pair, SECOND)
        assert await note_ended(database, SECOND + timedelta(minutes=20) + AWAY) == 0
        assert await note_ended(database, SECOND + timedelta(minutes=21) + AWAY) == 1
        assert await note_ended(database, SECOND + timedelta(minutes=22) + AWAY) == 0
        third = await a_booking(database, pair, FIRST)
        await withdraw(database, pair.mentee, third.id, "I am ill.", WITHDREW, NOW)
        await hooks.send(timedelta(days=3))
        told = {received.id: json.loads(received.body) for received in here.received}
        assert all(received.is_signed_with(secret) for received in here.received)
    ids = {"session_id": second.id, "mentorship_id": pair.mentorship_id, "replaces_id": first.id}
    alone = {"mentorship_id": pair.mentorship_id}
    assert {name: (body["type"], body["data"]) for name, body in told.items()} == {
        f"session-{first.id}-booked": ("session.booked", alone | {"session_id": first.id}),
        f"session-{second.id}-moved": ("session.moved", ids),
        f"session-{second.id}-held": ("session.held", ids),
        f"session-{second.id}-ended-{int((SECOND + timedelta(minutes=20)).timestamp())}": ("session.ended", ids),
        f"session-{third.id}-booked": ("session.booked", alone | {"session_id": third.id}),
        f"session-{third.id}-cancelled": ("session.cancelled", alone | {"session_id": third.id}),
    }
    [hook] = await read_hooks(database)
    assert (hook.failing_since, hook.delivered_at) == (None, hooks.now)


async def test_one_comes_back_and_the_call_ends_once_more(database, pair, hooks):
    async with receiver(answering(200)) as here:
        await hooks.add(here.url)
        booking = await a_booking(database, pair)
        for begins in (FIRST, FIRST + timedelta(minutes=40)):
            await a_call(database, booking, pair, begins)
            await note_ended(database, begins + timedelta(minutes=30))
        await hooks.send(timedelta(days=2))
        ends = [received.id for received in here.received if "-ended-" in received.id]
    assert len(set(ends)) == 2


async def test_without_a_hook_nothing_is_kept(database, pair):
    await a_booking(database, pair)
    async with database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(webhook_deliveries))).scalar_one() == 0


@pytest.mark.parametrize("trouble", ["down", "answers 500", "redirects", "hangs"])
async def test_a_receiver_in_trouble_loses_nothing(database, pair, hooks, trouble):
    """It gets the same event, signed again, when it is back: at the last of the tries."""
    manners = {"down": answering(200), "answers 500": answering(500), "hangs": hanging}
    async with receiver(manners.get(trouble, answering(302, location="http://127.0.0.1/"))) as here:
        impatient = Hooks(database, hooks.admin, policy=replace(LOOPBACK, timeout_s=0.1 if trouble == "hangs" else 30))
        url = f"http://127.0.0.1:{free_port()}/" if trouble == "down" else here.url
        hook_id, secret = await impatient.add(url)
        booking = await a_booking(database, pair)
        await impatient.send()
        for wait in WAITS[:3]:
            [waiting] = (await read_hook_page(database, hook_id)).deliveries
            assert (waiting.delivered_at, waiting.due_at) == (None, impatient.now + wait)
            await impatient.send(wait)
        page = await read_hook_page(database, hook_id)
        assert (page.hook.failing_since, page.hook.stopped_at) == (NOW, None)
        [waiting] = page.deliveries
        statuses = {"answers 500": 500, "redirects": 302}
        assert [call.status for call in waiting.calls] == [statuses.get(trouble)] * 4
        if trouble == "down":
            return
        here.manners = answering(200)
        here.received.clear()
        await Hooks(database, hooks.admin, impatient.now + WAITS[3]).send()
        [received] = here.received
        assert (received.id, received.is_signed_with(secret)) == (f"session-{booking.id}-booked", True)
        page = await read_hook_page(database, hook_id)
        assert (page.hook.failing_since, page.deliveries[0].due_at) == (None, None)


async def test_after_the_last_try_it_is_given_up_and_the_hook_switched_off(database, pair, hooks):
    async with receiver(answering(503, "Down for repair.")) as here:
        hook_id, _ = await hooks.add(here.url)
        await a_booking(database, pair)
        await hooks.send()
        for wait in WAITS:
            await hooks.send(wait)
        assert len(here.received) == 12
        await hooks.send(timedelta(days=1))
        assert len(here.received) == 12
    page = await read_hook_page(database, hook_id)
    [given_up] = page.deliveries
    assert (given_up.due_at, given_up.delivered_at, len(given_up.calls)) == (None, None, 12)
    assert given_up.calls[0].answer == "Down for repair."


async def test_one_that_takes_nothing_for_three_days_is_switched_off_and_keeps_what_waits(database, pair, hooks):
    async with receiver(answering(500)) as here:
        hook_id, _ = await hooks.add(here.url)
        await a_booking(database, pair)
        await hooks.send()
        later = await a_booking(database, pair, SECOND, now=NOW + timedelta(hours=1))
        await hooks.send(timedelta(days=3))
        [hook] = await read_hooks(database)
        assert hook.stopped_by is StoppedBy.FAILURES
        here.received.clear()
        here.manners = answering(200)
        await hooks.send(timedelta(days=1))
        assert here.received == []
        await start_hook(database, hooks.admin, hook_id, hooks.now)
        await hooks.send()
        assert f"session-{later.id}-booked" in {received.id for received in here.received}


async def test_410_switches_the_hook_off_at_once(database, pair, hooks):
    async with receiver(answering(410)) as here:
        hook_id, _ = await hooks.add(here.url)
        await a_booking(database, pair)
        await hooks.send()
        assert (await read_hook_page(database, hook_id)).hook.stopped_by is StoppedBy.GONE
        await a_booking(database, pair, SECOND)
        await hooks.send(timedelta(days=1))
        assert len(here.received) == 1


async def test_one_that_hangs_holds_up_no_other(database, pair, hooks):
    async with receiver(hanging) as stuck, receiver(answering(200)) as well:
        await hooks.add(stuck.url)
        await hooks.add(well.url)
        await a_booking(database, pair)
        async with asyncio.timeout(LIMIT_S):
            await hooks.sender.start_due()
            await asyncio.gather(stuck.came.wait(), well.came.wait())
            # The next round sends to the other, while the first one still hangs.
            well.came.clear()
            await a_booking(database, pair, SECOND)
            while not well.came.is_set():
                await hooks.sender.start_due()
                await asyncio.sleep(0.01)
            await hooks.sender.close()
        assert (len(stuck.received), len(well.received)) == (1, 2)


async def test_what_was_being_sent_when_the_server_died_comes_again_with_its_id(database, pair, hooks):
    async with receiver(answering(200)) as here:
        hook_id, _ = await hooks.add(here.url)
        await a_booking(database, pair)
        async with database.writing() as connection:
            claimed = await claim_next(connection, hook_id, NOW, NOW + LEASE)
        await hooks.send()
        assert here.received == []
        await hooks.send(LEASE)
        assert [received.id for received in here.received] == [claimed.event_id]


async def test_two_senders_send_an_event_once(database, pair, hooks):
    async with receiver(answering(200)) as here:
        await hooks.add(here.url)
        for start in (FIRST, SECOND):
            await a_booking(database, pair, start)
        other = Hooks(database, hooks.admin)
        await asyncio.gather(hooks.send(), other.send())
        assert len(here.received) == len({received.id for received in here.received}) == 2


async def test_an_answer_and_an_admin_who_starts_the_hook_do_not_wait_for_each_other(database, pair, hooks):
    called, may_answer = asyncio.Event(), asyncio.Event()

    async def call(*_) -> HookAnswer:
        called.set()
        await may_answer.wait()
        return HookAnswer(200, "")

    hook_id, _ = await hooks.add("https://hooks.example/")
    await a_booking(database, pair)
    sender = HookSender(database, replace(hooks.sender._caller, call=call))
    await sender.start_due()
    await called.wait()
    await stop_hook(database, hooks.admin, hook_id, NOW)
    async with database.writing() as connection:
        await store.start_hook(connection, hook_id)
        may_answer.set()

        async def somebody_waits() -> bool:
            found = await connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
            return found.scalar_one() > 0

        if not database.is_sqlite:
            await until(somebody_waits, what="the answer to wait for the hook")
        await wake(connection, hook_id, NOW)
    await sender.finish()
    [delivery] = (await read_hook_page(database, hook_id)).deliveries
    assert (delivery.delivered_at, delivery.due_at) == (NOW, None)


async def test_a_replay_keeps_the_id_and_says_nothing_about_the_hook(database, pair, hooks):
    async with receiver(answering(200)) as here:
        hook_id, _ = await hooks.add(here.url)
        await a_booking(database, pair)
        await hooks.send()
        before = (await read_hook_page(database, hook_id)).hook
        [sent] = (await read_hook_page(database, hook_id)).deliveries
        here.manners = answering(410)
        await replay(database, hooks.admin, sent.id, hooks.now)
        await hooks.send(timedelta(minutes=1))
        page = await read_hook_page(database, hook_id)
        assert page.hook == before
        assert [(call.status, call.is_replay) for call in page.deliveries[0].calls] == [(410, True), (200, False)]
        assert page.deliveries[0].delivered_at == sent.delivered_at
        assert {received.id for received in here.received} == {sent.event_id}
        await stop_hook(database, hooks.admin, hook_id, hooks.now)
        await try_hook(database, hooks.admin, hook_id, hooks.now)
        await hooks.send(timedelta(minutes=1))
        assert json.loads(here.received[-1].body)["type"] == "test"
        await hooks.send(timedelta(days=1))
        assert len(here.received) == 3


async def test_calls_are_forgotten_after_thirty_days(database, pair, hooks):
    async with receiver(answering(200)) as here:
        await hooks.add(here.url)
        await a_booking(database, pair)
        await hooks.send()
    for after, left in ((KEPT - timedelta(minutes=1), 1), (KEPT + timedelta(minutes=1), 0)):
        await forget_old(database, NOW + after)
        async with database.reading() as connection:
            for table in (webhook_calls, webhook_deliveries):
                assert (await connection.execute(select(func.count()).select_from(table))).scalar_one() == left


async def test_a_fault_of_ours_ends_no_sender(database, pair, hooks, caplog):
    async with receiver(answering(200)) as here:
        await hooks.add(here.url)
        await a_booking(database, pair)

        async def broken(*_):
            raise KeyError("x")

        sender = HookSender(database, replace(hooks.sender._caller, call=broken))
        await sender.start_due()
        await sender.finish()
        assert "could not be sent" in caplog.text
        await hooks.send(LEASE)
        assert len(here.received) == 1
