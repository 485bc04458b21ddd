"""One booking in the admin's history."""

from tests.cast import until


async def test_a_session_has_its_ledger_and_whether_it_holds(admin, pair):
    booking = await pair.booking()

    async def is_checked():
        await admin.get(f"/history/{booking.id}")
        return "The ledger is intact" in admin.text

    await until(is_checked, what="the server's first check of the ledger")
    assert "all of them once a day" in admin.text
    assert "<strong>Sam</strong>: Accepted" in admin.text
    assert "<strong>Maya</strong>: Offered" in admin.text
    assert admin.text.count(" · on a page · ") == 2
    assert admin.text.count("The wording shown (English)") == 2
    assert "Nobody has entered the call" in admin.text


async def test_a_session_that_is_not_there(admin):
    assert (await admin.get("/history/999999")).status == 404
