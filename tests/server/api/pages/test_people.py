"""People by the API: listed by numbers alone, read one at a time in sight of themselves, and added once."""

from datetime import UTC, datetime
from itertools import count

from sqlalchemy import func, select, update

from server.db.tables import people
from server.people.rules.audit import COMMAND_LINE
from server.people.store.people import add_unlisted_person
from server.privacy.actions.erasing import erase_person
from server.privacy.rules.erasure import ErasureReason

numbers = count(1)


def a_person(**more):
    return {"name": "Ada L.", "email": f"ada{next(numbers)}@people.example"} | more


async def test_a_list_names_nobody_and_goes_on_page_by_page(api, pair):
    status, first = await api(f"/people?limit=1&after={pair.maya.id - 1}")
    assert status == 200
    assert [(item["id"], sorted(item)) for item in first["items"]] == [
        (pair.maya.id, ["added_at", "erased_at", "external_id", "id"])
    ]
    assert first["next"] == pair.maya.id
    status, second = await api(f"/people?limit=200&after={first['next']}")
    assert (second["items"][0]["id"], second["next"]) == (pair.sam.id, None)


async def test_a_read_of_one_is_seen_by_that_person(api, pair, mentee, admin):
    assert await api(f"/people/{pair.sam.id}") == (
        200,
        {
            "id": pair.sam.id,
            "external_id": None,
            "name": "Sam",
            "email": pair.sam_email,
            "zone": "Europe/London",
            "language": "en",
            "added_at": (await api(f"/people/{pair.sam.id}"))[1]["added_at"],
        },
    )
    await mentee.get("/me/looks")
    assert mentee.text.count("A system of the scheme (Members&#39; database)") == 2
    assert "Read a person's name and address" in mentee.text
    await admin.get("/admin/audit")
    assert "A system of the scheme (Members&#39; database)" in admin.text


async def test_somebody_is_added_once_however_often_it_is_asked(api, site):
    ada = a_person(zone="Europe/Paris", language="de")
    path = f"/people/external/crm-{ada['email'][:-15]}"
    status, added = await api(path, "PUT", json=ada)
    assert (status, added["name"], added["zone"], added["language"]) == (201, "Ada L.", "Europe/Paris", "de")
    async with site.database.reading() as connection:
        before = (await connection.execute(select(func.count()).select_from(people))).scalar_one()
    assert await api(path, "PUT", json=ada | {"name": "Ada Lovelace"}) == (200, added)
    assert await api(path, "PUT", json=ada | {"email": ada["email"].upper()}) == (200, added)
    async with site.database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(people))).scalar_one() == before
    _, found = await api(f"/people?external_id={path.rpartition('/')[2]}")
    assert [item["id"] for item in found["items"]] == [added["id"]]


async def test_who_signed_up_and_has_not_confirmed_is_known_to_nobody(api, site):
    ada, now = a_person(), datetime.now(UTC)
    _, before = await api("/counts")
    async with site.database.writing() as connection:
        typed = await add_unlisted_person(connection, now, "Typed", ada["email"], "UTC", "en", zone_known=True)
    assert (await api(f"/people?after={typed.id - 1}"))[1]["items"] == []
    assert (await api(f"/people/{typed.id}"))[0] == 404
    assert (await api("/counts"))[1]["people"] == before["people"]
    status, added = await api(f"/people/external/{typed.id}", "PUT", json=ada)
    assert (status, added["id"], added["name"]) == (201, typed.id, "Ada L.")
    assert [item["id"] for item in (await api(f"/people?after={typed.id - 1}"))[1]["items"]] == [typed.id]


async def test_after_a_merge_both_external_ids_find_the_one(api, site):
    ids = [f"twice-{next(numbers)}" for _ in range(2)]
    kept, gone = [(await api(f"/people/external/{each}", "PUT", json=a_person()))[1] for each in ids]
    async with site.database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == gone["id"]).values(merged_into=kept["id"]))
    for each in ids:
        _, found = await api(f"/people?external_id={each}")
        assert [(item["id"], item["external_id"]) for item in found["items"]] == [(kept["id"], ids[0])]
    assert (await api(f"/people/{gone['id']}"))[0] == 404


async def test_somebody_who_is_here_gets_the_external_id_and_keeps_all_else(api, pair):
    sam = {"name": "Samuel", "email": pair.sam_email, "zone": "Asia/Tokyo"}
    status, found = await api(f"/people/external/sam-{pair.sam.id}", "PUT", json=sam)
    assert (status, found["id"], found["name"], found["zone"]) == (200, pair.sam.id, "Sam", "Europe/London")
    status, said = await api(f"/people/external/other-{pair.sam.id}", "PUT", json=sam)
    assert (status, said["detail"]) == (409, "The person with this address has another external id.")


async def test_an_address_is_never_changed_by_a_program(api, pair):
    path = f"/people/external/sam-{pair.sam.id}"
    await api(path, "PUT", json={"name": "Sam", "email": pair.sam_email})
    status, said = await api(path, "PUT", json={"name": "Sam", "email": "eve@example.org"})
    assert (status, "does not change it" in said["detail"]) == (409, True)
    assert (await api(f"/people/{pair.sam.id}"))[1]["email"] == pair.sam_email


async def test_somebody_erased_is_found_no_more_and_not_added_again(api, site, tmp_path):
    ada = a_person()
    path = f"/people/external/gone-{ada['email'][:-15]}"
    _, added = await api(path, "PUT", json=ada)
    asked = ErasureReason.ASKED, COMMAND_LINE, tmp_path, datetime.now(UTC)
    await erase_person(site.database, added["id"], ada["email"], *asked)
    assert (await api(f"/people/{added['id']}"))[0] == 404
    status, said = await api(path, "PUT", json=ada)
    assert (status, "was erased" in said["detail"]) == (410, True)
    _, listed = await api(f"/people?limit=1&after={added['id'] - 1}")
    [item] = listed["items"]
    assert (item["external_id"], item["erased_at"] is None) == (None, False)


async def test_what_cannot_be_taken_is_refused_with_its_field(api):
    for path, body, status, said in (
        ("/people/external/a", a_person(name=" - "), 422, "name: Please enter a name."),
        ("/people/external/a", a_person(email="nobody"), 422, "email: Please enter an email address"),
        ("/people/external/a", a_person(zone="Mars/Olympus"), 422, "zone: This is no IANA time zone"),
        ("/people/external/a", a_person(language="tlh"), 400, "Invalid enum value"),
        ("/people/external/a", a_person(role="admin"), 400, "unknown field `role`"),
        ("/people/external/a?x=1", a_person(), 400, "takes no query"),
    ):
        answered, problem = await api(path, "PUT", json=body)
        assert (answered, problem["status"], said in problem["detail"]) == (status, status, True), problem
    assert (await api("/people/external/a", "PUT", data=b"{"))[0] == 400
    assert (await api("/people/external/-a", "PUT", json=a_person()))[0] == 404
    for query in (
        "limit=0",
        "limit=201",
        "limit=x",
        "after=-1",
        "after=1&after=2",
        "name=Sam",
        "external_id=%00",
        "after=null",
    ):
        assert (await api(f"/people?{query}"))[0] == 400, query
