"""Access: cookies that scripts and other sites cannot use, and no forms from other sites."""

import json

import pytest

from tests.logs import own_records


async def test_the_cookie_is_for_the_browser_alone(site, pair):
    guest = await site.guest()
    async with guest.session.get(f"{site.base_url}/l/{pair.sam_secret}", allow_redirects=False) as response:
        cookie = response.headers["Set-Cookie"]
    assert response.status == 303
    assert response.headers["Location"] == "/home"
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie


@pytest.mark.parametrize("forged", [{"csrf": ""}, {"csrf": "0" * 64}])
async def test_a_form_from_another_site_decides_nothing(mentee, pair, contents, forged):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    before = await contents()
    await mentee.post(f"/offers/{offer.id}/refusal", **forged)
    assert mentee.status == 403
    assert "reload the page" in mentee.text
    assert await contents() == before


async def test_a_form_of_our_page_under_another_address_says_the_right_one(mentee, pair, admin, contents, caplog):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    before = await contents()
    await mentee.post(f"/offers/{offer.id}/refusal", origin="https://other.example")
    assert mentee.status == 403
    assert f"These pages are at {mentee.base_url}. Please open your link there" in mentee.text
    assert await contents() == before
    [said] = [record.getMessage() for record in own_records(caplog)]
    assert said.startswith(f"pages were opened at https://other.example, but FIRESIDE_BASE_URL is {mentee.base_url}")
    await admin.get("/media-check/origins.json")
    assert "https://other.example" in json.loads(admin.text)["foreign"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"csrf=\xff\xfe", "application/x-www-form-urlencoded"),
        (b"csrf=a", "application/x-www-form-urlencoded; charset=klingon"),
        (b"--x", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_without_a_fault(mentee, pair, contents, body, kind):
    offer = await pair.offer()
    before = await contents()
    async with mentee.session.post(
        f"{mentee.base_url}/offers/{offer.id}/refusal", data=body, headers={"Content-Type": kind}
    ) as response:
        assert response.status in (400, 403)
        assert "reload the page" in await response.text()
    assert await contents() == before
