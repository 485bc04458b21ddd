"""Signing out."""


async def test_the_visit_ends_here_and_the_link_works_again(mentor, pair):
    await mentor.get("/home")
    await mentor.post("/signout")
    assert (mentor.status, mentor.path) == (200, "/")
    assert (await mentor.get("/home")).status == 404
    assert (await mentor.get(f"/l/{pair.maya_secret}")).path == "/home"
