"""The page on privacy says what the list of places and the settings say."""

from html import escape

from server.privacy.rules.places import PLACES, Kind


async def test_everybody_reads_it_and_it_names_each_place_once(nobody, mentee, admin):
    for guest in (nobody, mentee, admin):
        await guest.get("/privacy")
        assert guest.status == 200
        for place in PLACES:
            assert f"<li>{escape(place.title)} <span" in guest.text
        assert [kind.name for kind in Kind if escape(kind.title) not in guest.text] == []
        assert "as long as you take part" in guest.text
        assert "14 days later" in guest.text


async def test_each_page_leads_there(nobody, mentee):
    for guest, path in ((nobody, "/"), (mentee, "/home"), (mentee, "/me")):
        await guest.get(path)
        assert 'href="/privacy"' in guest.text
