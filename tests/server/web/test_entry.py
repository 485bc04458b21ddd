"""The door: cookies that scripts and other sites cannot use, and no deciding from elsewhere."""

import pytest


async def test_the_cookie_is_for_the_browser_alone(place, pair):
    guest = await place.guest()
    async with guest.session.get(f"{place.base_url}/l/{pair.sam_secret}", allow_redirects=False) as response:
        cookie = response.headers["Set-Cookie"]
    assert response.status == 303
    assert response.headers["Location"] == "/home"
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie


@pytest.mark.parametrize("forged", [{"csrf": ""}, {"csrf": "0" * 64}, {"origin": "https://elsewhere.example"}])
async def test_a_form_from_elsewhere_decides_nothing(mentee, pair, contents, forged):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    before = await contents()
    await mentee.post(f"/offers/{offer.id}/refusal", **forged)
    assert mentee.status == 403
    assert "reload the page" in mentee.text
    assert await contents() == before
