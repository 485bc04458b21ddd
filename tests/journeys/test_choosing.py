"""The ways to answer an offer: a mentee on a phone, a mentor at a desk, and what their emails tell their calendars."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import func, select

from server.catchups.actions.answers import accept_offer
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Offer
from server.db.database import Database
from server.db.tables import catchups, outbox
from server.i18n.catalog import ENGLISH
from server.i18n.dates import day
from tests.calendar_reader import CalendarReader
from tests.cast import Fireside, until
from tests.crowd import Browser as Visit
from tests.crowd import Crowd, end_waiting, shown, whole_hour_in
from tests.journeys.conftest import DESK, LONDON, PHONE, new_page
from tests.smtp_server import SmtpServer, link_in

VERA, SAM = "vera@example.org", "sam0.vera@example.org"
BOTH, VIDEO = frozenset(Medium), frozenset({Medium.VIDEO})


@pytest.fixture
async def crowd(fireside: Fireside) -> AsyncIterator[Crowd]:
    """Vera with two mentees, Sam the first."""
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    yield await Crowd.gather(database, 2, "vera")
    await database.close()


async def page_of(chromium: Browser, fireside: Fireside, visit: Visit, size: dict[str, int], zone: str) -> Page:
    page = await new_page(chromium, size, zone)
    await page.context.add_cookies([{"name": "fireside", "value": visit.token, "url": fireside.base_url}])
    return page


async def test_every_way_to_answer_leads_on_and_the_calendars_follow(
    fireside: Fireside, chromium: Browser, crowd: Crowd, smtp_server: SmtpServer
) -> None:
    sam = await page_of(chromium, fireside, crowd.mentees[0], PHONE, LONDON)
    vera = await page_of(chromium, fireside, crowd.mentor, DESK, "UTC")
    hours = [whole_hour_in(3) + timedelta(hours=2 * number) for number in range(12)]

    async def offered(*starts: datetime, media: frozenset[Medium] = BOTH) -> Offer:
        return await crowd.draft(0, Draft("", media, starts, 30))

    async def look(page: Page, offer: Offer) -> None:
        await page.goto(f"{fireside.base_url}/offers/{offer.id}")

    # A time that is free, and one that is taken then.
    accepted = await offered(hours[0], hours[1])
    await look(sam, accepted)
    await press(sam, "Accept")
    await expect(sam.get_by_role("heading", name="Catch-up with Vera")).to_be_visible()
    second = await offered(hours[0], hours[2])
    await look(sam, second)
    await expect(sam.get_by_role("radio").nth(0)).to_be_disabled()
    await expect(sam.get_by_role("link", name="you have another catch-up then")).to_be_visible()
    await expect(sam.get_by_role("radio").nth(1)).to_be_checked()
    # A time that is taken while one looks: the rest can still be had.
    race = await offered(hours[3], hours[4])
    await look(sam, race)
    elsewhere = await agree_with_another(crowd, hours[3])
    await press(sam, "Accept")
    await expect(sam.get_by_role("alert")).to_contain_text("Please choose another time.")
    await expect(sam.get_by_text("no longer free")).to_be_visible()
    await expect(sam.get_by_role("radio").nth(1)).to_be_checked()
    await press(sam, "Accept")
    await expect(sam.get_by_role("heading", name="Catch-up with Vera")).to_be_visible()

    # Declining with words, taking that back, and declining again; the other offer is put off.
    declined = await offered(hours[5])
    await look(sam, declined)
    for _ in range(2):
        await sam.get_by_text("Add a few words").click()
        await sam.get_by_label("Words for Vera").fill("A full week.")
        await press(sam, "Decline")
        await expect(sam.get_by_role("heading", name="You declined")).to_be_visible()
        await expect(sam.get_by_role("blockquote")).to_have_text("A full week.")
        await press(sam, "Undo")
        await expect(sam.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    await press(sam, "Decline")
    await look(sam, second)
    await sam.get_by_label("Ask me again").select_option("4")
    await press(sam, "Not now")
    now = datetime.now(UTC)
    from_when = day(now + timedelta(weeks=4), LONDON, ENGLISH, now)
    await expect(sam.get_by_text(f"asked again from {from_when}")).to_be_visible()

    # The other way at the same times.
    by_video = await offered(hours[6], media=VIDEO)
    await look(sam, by_video)
    await press(sam, "Suggest another time")
    await sam.get_by_label("Phone", exact=True).check()
    await sam.get_by_label("Video").uncheck()
    await press(sam, "Send suggestion")
    await vera.goto(sam.url)
    await press(vera, "Accept")
    await expect(vera.get_by_text("by phone").first).to_be_visible()

    # Back and forth, until one accepts.
    talked_over = await offered(hours[7])
    await look(sam, talked_over)
    for page, other, at in ((sam, vera, hours[8]), (vera, sam, hours[9]), (sam, vera, hours[10])):
        await suggest(page, at)
        await other.goto(page.url)
        await expect(other.get_by_role("heading", name="suggests another time")).to_be_visible()
    await press(vera, "Accept")
    await expect(vera.get_by_role("heading", name="Catch-up with Sam")).to_be_visible()

    # A suggestion that is undone, from its own page.
    undone = await offered(hours[11])
    await look(sam, undone)
    await suggest(sam, hours[11] + timedelta(hours=1))
    await press(sam, "Undo")
    assert sam.url.endswith(f"/offers/{undone.id}")
    await press(sam, "Accept")
    await expect(sam.get_by_role("heading", name="Catch-up with Vera")).to_be_visible()
    for page in (sam, vera):
        assert page.errors == []
        await page.context.close()

    await all_sent(crowd.database)
    uids = await uids_of(crowd.database)
    agreed = {accepted: hours[0], race: hours[4], by_video: hours[6], talked_over: hours[10], undone: hours[11]}
    expected = {uids[offer.catchup_id]: ("CONFIRMED", start) for offer, start in agreed.items()}
    for address in (SAM, VERA):
        reader = CalendarReader()
        for message in smtp_server.emails_to(address):
            reader.take_mail(message)
        held = {uid: (event.status, event.start) for uid, event in reader.events.items() if uid != uids[elsewhere]}
        assert (held, reader.ignored) == (expected, 0)
        assert reader.cancelled == {}
        # Offered, and suggested three times; then agreed.
        assert reader.events[uids[talked_over.catchup_id]].sequence == 5


async def test_the_zone_is_found_on_a_first_visit_and_asked_for_on_the_way(
    fireside: Fireside, chromium: Browser, smtp_server: SmtpServer
) -> None:
    async def visit(zone: str) -> Page:
        page = await new_page(chromium, PHONE, zone)
        await page.goto(fireside.links["offer"])
        return page

    def question(page: Page) -> Locator:
        return page.get_by_text("Your browser's time zone is")

    at_home = await visit("America/New_York")
    await expect(at_home.get_by_text("Times in New York time.")).to_be_visible()
    await expect(question(at_home)).to_be_hidden()
    passing = await visit("Africa/Nairobi")
    await expect(question(passing)).to_have_text("Your browser's time zone is Nairobi. Show times in it?")
    await press(passing, "No")
    await expect(question(passing)).to_be_hidden()
    await passing.reload()
    await expect(passing.get_by_text("Times in New York time.")).to_be_visible()
    await expect(question(passing)).to_be_hidden()
    away = await visit("Asia/Tokyo")
    await press(away, "Yes")
    await expect(away.get_by_text("Times in Tokyo time.")).to_be_visible()
    await expect(question(away)).to_be_hidden()
    await press(away, "Accept")
    agreed = await smtp_server.next_email("sam@demo.invalid", "it is agreed")
    if "(Tokyo time)" not in agreed.get_body(("plain",)).get_content():
        # The demo's own booking came first, in the zone of then.
        agreed = await smtp_server.next_email("sam@demo.invalid", "it is agreed")
    assert "(Tokyo time)" in agreed.get_body(("plain",)).get_content()
    assert link_in(agreed)
    for page in (at_home, passing, away):
        assert page.errors == []
        await page.context.close()


async def test_a_browser_that_hides_its_zone_sets_none_and_another_language_is_asked_for_first(
    fireside: Fireside, chromium: Browser
) -> None:
    """UTC is what browsers show that hide where they are, and some show Reykjavik, whose clock is UTC's."""

    async def visit(zone: str, language: str = "en") -> Page:
        context = await chromium.new_context(viewport=PHONE, timezone_id=zone, locale=language)
        page = await context.new_page()
        page.sent = []
        page.on("request", lambda request: page.sent.append(request.url.removeprefix(fireside.base_url)))
        await page.goto(fireside.links["offer"])
        await page.evaluate("customElements.whenDefined('zone-question')")
        return page

    question = "Your browser's time zone is Reykjavik. Show times in it?"
    hidden = await visit("UTC")
    await hidden.reload()
    spoofed = await visit("Atlantic/Reykjavik", "de")
    await expect(spoofed.get_by_text("Möchtest du diese Seiten und unsere E-Mails auf Deutsch?")).to_be_visible()
    await expect(spoofed.get_by_text(question)).to_be_hidden()
    await press(spoofed, "No, keep English")
    await expect(spoofed.get_by_text(question)).to_be_visible()
    for page in (hidden, spoofed):
        await expect(page.get_by_text("Times in London time.")).to_be_visible()
        assert "/zone" not in page.sent
    german = await visit("Europe/London", "de")
    await expect(german.get_by_text("Möchtest du")).to_have_count(0)
    for page in (hidden, spoofed, german):
        await page.context.close()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def suggest(page: Page, at: datetime) -> None:
    """From the page of an offer; `at` as London and UTC have it in winter."""
    await press(page, "Suggest another time")
    zone = await page.locator('input[name="typed_in"]').get_attribute("value")
    typed = await page.evaluate(
        """([at, zone]) => new Date(at).toLocaleString("sv", {timeZone: zone})""", [at.isoformat(), zone]
    )
    await page.get_by_label("Possible time 1").fill(typed.replace(" ", "T")[:16])
    await press(page, "Send suggestion")
    await expect(page.get_by_role("heading", name="has your")).to_be_visible()


async def agree_with_another(crowd: Crowd, start: datetime) -> int:
    """Vera's other mentee accepts an offer of this time; the catch-up's id."""
    offer = await crowd.offer(1, start)
    choice = Acceptance(start, Medium.VIDEO, shown(ChoiceKind.ACCEPTED))
    await accept_offer(crowd.database, crowd.mentees[1].visitor, offer.id, choice, datetime.now(UTC))
    return offer.catchup_id


async def uids_of(database: Database) -> dict[int, str]:
    """What names each catch-up's event, by its id."""
    async with database.reading() as connection:
        return {row.id: row.uid for row in await connection.execute(select(catchups))}


async def all_sent(database: Database) -> None:
    """Waits until no email waits any more but reminders, also none that is being sent."""
    await end_waiting(database)
    waits = (outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None), outbox.c.kind.not_like("reminder%"))

    async def none() -> bool:
        async with database.reading() as connection:
            return (await connection.execute(select(func.count()).select_from(outbox).where(*waits))).scalar_one() == 0

    await until(none, what="an empty outbox")
