"""Mentorships by the API: listed, read, and made once."""

from itertools import count

from sqlalchemy import insert, select

from server.db.tables import former_external_ids, outbox

numbers = count(1)


async def two_people(api) -> tuple[str, str]:
    number = next(numbers)
    external = tuple(f"{name}-{number}" for name in ("vera", "vito"))
    for name in external:
        status, _ = await api(f"/people/external/{name}", "PUT", json={"name": name, "email": f"{name}@pairs.example"})
        assert status == 201
    return external


async def test_a_pair_is_made_once_and_the_mentor_welcomed_once(api, site):
    vera, vito = await two_people(api)
    both = {"mentor": vera, "mentee": vito}
    status, made = await api(f"/mentorships/external/pair-{vera}", "PUT", json=both)
    assert (status, made["state"], made["external_id"]) == (201, "active", f"pair-{vera}")
    assert await api(f"/mentorships/external/pair-{vera}", "PUT", json=both) == (200, made)
    assert await api(f"/mentorships/{made['id']}") == (200, made)
    async with site.database.reading() as connection:
        kinds = await connection.execute(select(outbox.c.kind).where(outbox.c.recipient_id == made["mentor_id"]))
        assert list(kinds.scalars()) == ["mentor_welcome"]


async def test_it_is_found_and_not_made_again_by_the_external_id_of_one_that_was_joined_with_it(api, site):
    vera, vito = await two_people(api)
    both = {"mentor": vera, "mentee": vito}
    _, made = await api(f"/mentorships/external/pair-{vera}", "PUT", json=both)
    async with site.database.writing() as connection:
        former = {"external_id": f"former-{vera}", "mentorship_id": made["id"]}
        await connection.execute(insert(former_external_ids).values(former))
    assert await api(f"/mentorships/external/former-{vera}", "PUT", json=both) == (200, made)
    assert (await api(f"/mentorships?external_id=former-{vera}"))[1] == {"items": [made], "next": None}
    status, problem = await api(f"/mentorships/external/former-{vera}", "PUT", json={"mentor": vito, "mentee": vera})
    assert (status, "is one of other people" in problem["detail"]) == (409, True)


async def test_what_cannot_be_a_pair_is_refused(api, pair):
    vera, vito = await two_people(api)
    _, made = await api(f"/mentorships/external/p-{vera}", "PUT", json={"mentor": vera, "mentee": vito})
    for path, mentor, mentee, said in (
        (f"p-{vera}", vito, vera, "is one of other people"),
        (f"q-{vera}", vera, vito, "has another external id"),
        (f"q-{vera}", vera, vera, "needs two people"),
        (f"q-{vera}", vera, "unknown-1", "Nobody has the external id unknown-1"),
    ):
        status, problem = await api(f"/mentorships/external/{path}", "PUT", json={"mentor": mentor, "mentee": mentee})
        assert (status, said in problem["detail"]) == (409, True), problem
    assert (await api(f"/mentorships/{made['id']}"))[1] == made
    assert (await api("/mentorships/999999999"))[0] == 404


async def test_they_are_listed_page_by_page_and_found_by_external_id(api, pair):
    vera, vito = await two_people(api)
    _, made = await api(f"/mentorships/external/l-{vera}", "PUT", json={"mentor": vera, "mentee": vito})
    before = pair.mentorship_id - 1
    status, page = await api(f"/mentorships?after={before}&limit=1")
    assert (status, [item["id"] for item in page["items"]], page["next"]) == (
        200,
        [pair.mentorship_id],
        pair.mentorship_id,
    )
    assert (await api(f"/mentorships?external_id=l-{vera}"))[1] == {"items": [made], "next": None}
