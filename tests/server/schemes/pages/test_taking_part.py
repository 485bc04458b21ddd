"""From the public page into a scheme and out of it again: the newcomer's pages and the coordinator's."""

import re
from datetime import UTC, datetime
from itertools import count

import pytest
from aiohttp import FormData
from sqlalchemy import select

from server.db.tables import accounts, audit_entries, memberships, outbox, people, schemes
from server.people.actions.links import make_link
from server.people.rules.links import Purpose
from server.schemes.rules.logos import PNG
from tests.cast import until

numbers = count(1)
addresses = (f"127.0.3.{number}" for number in range(1, 250))
SCHEME = {
    "name": "First Job", "language": "en", "zone": "UTC", "summary": "Mentors for a first job.", "colour": "teal",
    "audience": "For those who leave school.", "length": "An hour a month.", "welcome": "Good to have you.",
    "opens_on": "", "closes_on": "", "mentor_places": "", "mentee_places": "", "public": "on",
}  # fmt: skip
SIGN_UP = {
    "name": "Nia", "role": "mentee", "seeks_words": "How to write an application.", "languages": "en", "media": "video",
    "zone": "Europe/Berlin", "begins1": "18:00", "ends1": "20:00", "not_with": "Boss", "wishes": "", "website": "",
}  # fmt: skip


@pytest.fixture
async def slug(admin):
    """A new scheme's."""
    slug = f"first-job-{next(numbers)}"
    await admin.get("/admin/schemes/new")
    await admin.post("/admin/schemes", **SCHEME, slug=slug)
    assert (admin.status, "The scheme is there." in admin.text) == (200, True)
    return slug


@pytest.fixture
async def newcomer(site):
    return await site.guest(address=next(addresses))


async def signed_up(site, newcomer, slug, **changes):
    """The membership's id, and a browser in which its person opened the link of the email."""
    email = f"nia{next(numbers)}@example.org"
    await newcomer.get(f"/s/{slug}/sign-up")
    await newcomer.post(f"/s/{slug}/sign-up", **SIGN_UP | changes, email=email)
    assert (newcomer.status, "Check your email" in newcomer.text) == (200, True)

    async def found():
        async with site.database.reading() as connection:
            joined = select(memberships.c.id, memberships.c.person_id).join(
                people, people.c.id == memberships.c.person_id
            )
            return (await connection.execute(joined.where(people.c.email == email))).one_or_none()

    row = await until(found)
    async with site.database.writing() as connection:
        path = f"/memberships/{row.id}"
        secret = await make_link(
            connection, datetime.now(UTC), person_id=row.person_id, purpose=Purpose.HOME, path=path
        )
    return row.id, await site.guest(secret)


async def scheme_id(site, slug):
    async with site.database.reading() as connection:
        return (await connection.execute(select(schemes.c.id).where(schemes.c.slug == slug))).scalar_one()


async def test_a_newcomer_joins_edits_and_leaves(site, admin, newcomer, slug):
    await newcomer.get(f"/s/{slug}")
    assert (newcomer.status, "You can sign up now." in newcomer.text, "An hour a month." in newcomer.text) == (
        200,
        True,
        True,
    )
    id, nia = await signed_up(site, newcomer, slug)
    assert ("Would you like to take part?" in nia.text, "How to write an application." in nia.text) == (True, True)
    scheme = await scheme_id(site, slug)
    assert "Nia" not in (await admin.get(f"/admin/schemes/{scheme}")).text
    assert (await admin.get(f"/admin/memberships/{id}")).status == 404
    await nia.post(f"/memberships/{id}/confirmation")
    assert ("You asked to take part." in nia.text, "Good to have you." in nia.text) == (True, True)
    assert "Nia" in (await admin.get(f"/admin/schemes/{scheme}")).text
    await admin.get(f"/admin/memberships/{id}")
    assert ("How to write an application." in admin.text, "Boss" in admin.text) == (True, False)
    await admin.post(f"/admin/memberships/{id}/decision", decision="accept", reason="")
    assert "They take part now" in admin.text
    await nia.get(f"/memberships/{id}/sign-up")
    assert ("Boss" in nia.text, 'value="18:00"' in nia.text) == (True, True)
    await nia.post(f"/memberships/{id}/sign-up", **SIGN_UP | {"seeks_words": "To be less shy.", "role": "mentor"})
    assert (nia.path, "To be less shy." in nia.text, "Saved." in nia.text) == (f"/memberships/{id}", True, True)
    assert "First Job" in (await nia.get("/home")).text
    assert "Joined a scheme" in (await nia.get("/me/choices")).text
    await nia.get(f"/memberships/{id}/leaving")
    await nia.post(f"/memberships/{id}/leaving")
    assert ("You are not in this scheme any more" in nia.text, "shy" in nia.text) == (True, False)
    await admin.get(f"/admin/memberships/{id}")
    assert ("Left" in admin.text, "shy" in admin.text) == (True, False)
    async with site.database.reading() as connection:
        about = audit_entries.c.subject_kind == "membership", audit_entries.c.subject_id == id
        acts = (await connection.execute(select(audit_entries.c.act).where(*about))).scalars().all()
        queued = select(outbox.c.kind).where(outbox.c.membership_id == id).order_by(outbox.c.id)
        assert (await connection.execute(queued)).scalars().all() == ["sign_up", "membership_accepted"]
    assert acts == ["looked_at_member", "accepted_member", "looked_at_member"]


async def test_the_form_comes_back_filled_in(newcomer, slug, count):
    before = await count("memberships")
    await newcomer.get(f"/s/{slug}/sign-up")
    await newcomer.post(f"/s/{slug}/sign-up", **SIGN_UP | {"media": []}, email="nia@example.org")
    assert (newcomer.status, "Please choose video, phone or both." in newcomer.text) == (422, True)
    for kept in ("nia@example.org", "How to write an application.", 'value="18:00"', "Boss"):
        assert kept in newcomer.text
    assert await count("memberships") == before


async def test_who_fills_in_what_nobody_sees_gets_the_same_answer_and_nothing_else(site, newcomer, slug, count):
    before = [await count(table) for table in ("people", "memberships", "outbox")]
    await newcomer.get(f"/s/{slug}/sign-up")
    await newcomer.post(f"/s/{slug}/sign-up", **SIGN_UP | {"website": "https://spam.example"}, email="spam@example.org")
    trapped = newcomer.text
    await signed_up(site, newcomer, slug)
    assert newcomer.text == trapped
    assert [await count(table) for table in ("people", "memberships", "outbox")] == [number + 1 for number in before]


async def test_one_network_sends_twenty_forms_an_hour(newcomer, slug):
    for _ in range(20):
        await newcomer.post(f"/s/{slug}/sign-up", **SIGN_UP, email="nia@example.org")
        assert newcomer.status == 200
    await newcomer.post(f"/s/{slug}/sign-up", **SIGN_UP, email="nia@example.org")
    assert newcomer.status == 429


async def test_a_form_from_elsewhere_is_refused(newcomer, slug):
    await newcomer.post(f"/s/{slug}/sign-up", origin="https://elsewhere.example", **SIGN_UP, email="nia@example.org")
    assert newcomer.status == 403


async def test_without_a_place_one_waits_and_sees_which_number_one_is(site, admin, newcomer, slug):
    scheme = await scheme_id(site, slug)
    await admin.get(f"/admin/schemes/{scheme}/settings")
    await admin.post(f"/admin/schemes/{scheme}/settings", **SCHEME | {"mentee_places": "1"}, slug=slug)
    assert "Mentees: 0 of 1 places." in admin.text
    people = [await signed_up(site, newcomer, slug) for _ in range(3)]
    id, first = people[0]
    await first.post(f"/memberships/{id}/confirmation")
    await admin.get(f"/admin/memberships/{id}")
    await admin.post(f"/admin/memberships/{id}/decision", decision="accept", reason="")
    for place, (id, nia) in enumerate(people[1:], 1):
        await nia.post(f"/memberships/{id}/confirmation")
        assert f"As a mentee you are number {place}." in nia.text
    assert "All places for mentees are taken." in (await newcomer.get(f"/s/{slug}")).text
    await admin.get(f"/admin/memberships/{id}")
    await admin.post(f"/admin/memberships/{id}/decision", decision="accept", reason="")
    assert (admin.status, "All places are taken." in admin.text) == (409, True)
    first_id, first = people[0]
    await first.get(f"/memberships/{first_id}/leaving")
    await first.post(f"/memberships/{first_id}/leaving")
    await admin.post(f"/admin/memberships/{id}/decision", decision="accept", reason="")
    assert admin.status == 200


async def test_a_decision_that_is_not_one_is_refused(site, admin, newcomer, slug):
    id, nia = await signed_up(site, newcomer, slug)
    await nia.post(f"/memberships/{id}/confirmation")
    await admin.get(f"/admin/memberships/{id}")
    for decision in ("leave", "confirm", "x"):
        await admin.post(f"/admin/memberships/{id}/decision", decision=decision)
        assert admin.status == 422
    await admin.post(f"/admin/memberships/{id}/decision", decision="end")
    assert (admin.status, "This has changed since you opened the page." in admin.text) == (409, True)


async def test_a_coordinator_sees_only_their_own_schemes(site, admin, coordinator, newcomer, slug):
    scheme = await scheme_id(site, slug)
    id, nia = await signed_up(site, newcomer, slug)
    await nia.post(f"/memberships/{id}/confirmation")
    for path in (f"/admin/schemes/{scheme}", f"/admin/schemes/{scheme}/settings", f"/admin/memberships/{id}"):
        assert (await coordinator.get(path)).status == 404
    assert slug not in (await coordinator.get("/admin/schemes")).text
    async with site.database.reading() as connection:
        named = select(accounts.c.id).join(people, people.c.id == accounts.c.person_id)
        mine = (await connection.execute(named.where(people.c.email == "coordinator@example.org"))).scalar_one()
    await admin.get(f"/admin/schemes/{scheme}/settings")
    await admin.post(f"/admin/schemes/{scheme}/settings", **SCHEME, slug=slug, coordinators=str(mine))
    assert "Nia" in (await coordinator.get(f"/admin/schemes/{scheme}")).text
    assert (await coordinator.get("/admin/schemes/new")).status == 404
    await coordinator.get(f"/admin/schemes/{scheme}/settings")
    await coordinator.post(f"/admin/schemes/{scheme}/settings", **SCHEME | {"name": "Second Job"}, slug=slug)
    assert "Second Job" in coordinator.text
    assert (await coordinator.get(f"/admin/schemes/{scheme}")).status == 200, "they still coordinate it"


async def test_the_settings_come_back_filled_in_with_what_is_wrong(admin, slug):
    await admin.get("/admin/schemes/new")
    await admin.post("/admin/schemes", **SCHEME, slug=slug)
    assert (admin.status, "Another scheme has this address." in admin.text) == (422, True)
    assert "For those who leave school." in admin.text
    for field, typed in (("slug", "A B"), ("opens_on", "soon"), ("mentor_places", "many"), ("colour", "pink")):
        await admin.post("/admin/schemes", **SCHEME | {"slug": "a-new-one", field: typed})
        assert (admin.status, f'href="#{field}"' in admin.text) == (422, True), field
    # What is no account's number chooses nobody.
    await admin.post("/admin/schemes", **SCHEME, slug=f"first-job-{next(numbers)}", coordinators=["²", "x", "9" * 5000])
    assert (admin.status, "The scheme is there." in admin.text) == (200, True)


async def test_a_logo_is_shown_and_removed(site, admin, newcomer, slug):
    scheme, picture = await scheme_id(site, slug), PNG + b"a picture"
    await admin.get(f"/admin/schemes/{scheme}/settings")
    for content, status in ((b"<svg/>", 422), (picture, 200)):
        form = FormData({**admin.hidden, **SCHEME, "slug": slug})
        form.add_field("logo", content, filename="logo.png", content_type="image/png")
        await admin._take(admin.session.post(f"{site.base_url}/admin/schemes/{scheme}/settings", data=form))
        assert admin.status == status
    await newcomer.get(f"/s/{slug}")
    path = re.search(r'src="(/s/[^"]*/logo/[0-9a-f]{64})"', newcomer.text)[1]
    async with newcomer.session.get(site.base_url + path) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", picture)
    await admin.post(f"/admin/schemes/{scheme}/settings", **SCHEME, slug=slug, without_logo="on")
    assert (await newcomer.get(path)).status == 404


async def test_topics_are_renamed_added_and_removed(site, admin, newcomer, slug):
    scheme = await scheme_id(site, slug)
    await admin.get(f"/admin/schemes/{scheme}/topics")
    first, second = re.findall(r'name="en-(\d+)"', admin.text)[:2]
    typed = {f"en-{first}": "Interviews", f"de-{first}": "Gespräche", f"en-{second}": "x", f"remove-{second}": "on"}
    await admin.post(
        f"/admin/schemes/{scheme}/topics", **typed, **{"en-new": ["Cooking", "", ""], "de-new": ["", "", ""]}
    )
    assert "Saved." in admin.text
    await newcomer.get(f"/s/{slug}/sign-up")
    shown = re.findall(r'name="seeks" value="(\d+)"', newcomer.text)
    assert (first in shown, second in shown, "Interviews" in newcomer.text, "Cooking" in newcomer.text) == (
        True, False, True, True,
    )  # fmt: skip
    await admin.post(f"/admin/schemes/{scheme}/topics", **{f"en-{first}": " ", f"de-{first}": "Gespräche"})
    assert (admin.status, f'href="#en-{first}"' in admin.text) == (422, True)


async def test_a_scheme_that_is_not_public_is_not_there(site, admin, newcomer, slug):
    scheme = await scheme_id(site, slug)
    await admin.get(f"/admin/schemes/{scheme}/settings")
    hidden = {name: said for name, said in SCHEME.items() if name != "public"}
    await admin.post(f"/admin/schemes/{scheme}/settings", **hidden, slug=slug)
    for path in (f"/s/{slug}", f"/s/{slug}/sign-up", "/s/no-such-scheme"):
        assert (await newcomer.get(path)).status == 404
    await admin.post(f"/admin/schemes/{scheme}/settings", **SCHEME | {"opens_on": "2090-01-05"}, slug=slug)
    assert re.search(r"You can sign up from [^<]*5 January 2090", (await newcomer.get(f"/s/{slug}")).text)
    await newcomer.get(f"/s/{slug}/sign-up")
    assert ("does not take sign-ups now" in newcomer.text, "<form" in newcomer.text) == (True, False)
    await newcomer.post(f"/s/{slug}/sign-up", **SIGN_UP, email="nia@example.org")
    assert newcomer.status == 409
