"""The front page."""


async def test_it_says_what_this_is(nobody):
    await nobody.get("/")
    assert nobody.status == 200
    assert "personal link" in nobody.text


async def test_somebody_with_a_home_is_taken_there(mentor, admin):
    assert (await mentor.get("/")).path == "/home"
    assert (await admin.get("/")).path == "/admin"
