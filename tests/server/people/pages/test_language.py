"""The language of the browser: asked for once where the record has another, and never taken unasked."""

import re

import pytest

from server.people.store.people import find_person

GERMAN = "Möchtest du diese Seiten und unsere E-Mails auf Deutsch?"
AUSTRIAN = "de-AT,de;q=0.9,en;q=0.8"


async def visit(guest, path, accepted):
    """Opens the page in a browser that asks for these languages."""
    guest.session.headers["Accept-Language"] = accepted
    await guest.get(path)


async def language_of(site, person):
    async with site.database.reading() as connection:
        found = await find_person(connection, person.id)
    return (found.language, found.language_known)


async def test_it_is_offered_in_its_own_words_and_taken(mentee, pair, site):
    offer = await pair.offer()
    await visit(mentee, f"/offers/{offer.id}", AUSTRIAN)
    assert re.search(rf'<span [^>]*lang="de" dir="ltr">{re.escape(GERMAN)}</span>', mentee.text)
    assert "No, keep English" in mentee.text
    assert await language_of(site, pair.sam) == ("en", False)
    await mentee.post("/language", language="de", back=f"/offers/{offer.id}")
    assert (mentee.status, mentee.path) == (200, f"/offers/{offer.id}")
    assert '<html lang="de"' in mentee.text
    assert await language_of(site, pair.sam) == ("de", True)
    await visit(mentee, "/home", "ar")
    assert 'action="/language"' not in mentee.text


async def test_who_declines_keeps_theirs_and_is_not_asked_again(mentee, pair, site):
    await visit(mentee, "/home", AUSTRIAN)
    await mentee.post("/language", back="/home")
    assert await language_of(site, pair.sam) == ("en", True)
    await visit(mentee, "/home", AUSTRIAN)
    assert 'action="/language"' not in mentee.text


async def test_who_said_theirs_is_not_asked(mentee):
    await mentee.get("/me")
    await mentee.post("/me", language="en", zone="UTC", phone="", needs="")
    await visit(mentee, "/home", AUSTRIAN)
    assert 'action="/language"' not in mentee.text


@pytest.mark.parametrize("header", ["", "*", "en-GB,en;q=0.9,de;q=0.5", "fr, tlh;q=0.5"])
async def test_a_browser_that_says_the_same_or_none_of_ours_asks_nothing(mentee, header):
    await visit(mentee, "/home", header)
    assert 'action="/language"' not in mentee.text


async def test_while_it_is_asked_the_zone_waits(mentee):
    await visit(mentee, "/home", AUSTRIAN)
    assert re.search(r"<zone-question [^>]*later hidden>", mentee.text)
    await visit(mentee, "/home", "en")
    assert re.search(r"<zone-question [^>]*later", mentee.text) is None


@pytest.mark.parametrize("language", ["fr", "de-AT", "<b>", "../de"])
async def test_what_we_do_not_have_is_refused_and_changes_nothing(mentee, contents, language):
    await mentee.get("/home")
    before = await contents()
    await mentee.post("/language", language=language, back="/home")
    assert (mentee.status, await contents()) == (422, before)


async def test_from_elsewhere_nothing_is_kept(mentee, contents):
    await mentee.get("/home")
    before = await contents()
    await mentee.post("/language", language="de", csrf="wrong")
    assert (mentee.status, await contents()) == (403, before)
