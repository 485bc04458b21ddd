"""From a run, in a process of its own, to a first call: the coordinator's pages and those of the two."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

import pytest
from sqlalchemy import select

from server.db.tables import accounts, audit_entries, match_proposals, match_runs, match_suggestions
from server.matching.store.kept_results import report_json
from server.matching.store.runs import KeptLeftOut, KeptSuggestion, add_run, begin, find_any_run, finish
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.rules.links import Purpose
from server.schemes.rules.memberships import MembershipRole, MembershipState
from server.schemes.store.memberships import add_membership
from server.schemes.store.schemes import add_scheme, coordinator_accounts, set_coordinators
from tests.cast import until
from tests.server.matching.members import LENA, NURI, add_member, everybody_together
from tests.server.schemes.a_scheme import TEXT

numbers = count(1)


@dataclass
class Scene:
    """A scheme with Lena and Nuri, and their browsers."""

    id: int
    path: str
    lena_id: int
    nuri_id: int
    lena: object
    nuri: object


@pytest.fixture
async def scene(site):
    number, now = next(numbers), datetime.now(UTC)
    async with site.database.writing() as connection:
        scheme_id = await add_scheme(connection, replace(TEXT, slug=f"matching-{number}"), now)
    members, browsers = [], []
    for name, said in (("Lena", LENA), ("Nuri", NURI)):
        email = f"{name.lower()}{number}@example.org"
        member = await add_member(site.database, scheme_id, name, said, now, email)
        async with site.database.writing() as connection:
            person_id = member.visitor.person.id
            secret = await make_link(connection, now, person_id=person_id, purpose=Purpose.HOME, path="/home")
        members.append(member.membership_id)
        browsers.append(await site.guest(secret))
    return Scene(scheme_id, f"/admin/schemes/{scheme_id}/matching", *members, *browsers)


async def newest(site, column, where):
    async with site.database.reading() as connection:
        return (await connection.execute(select(column).where(where).order_by(column.desc()).limit(1))).scalar_one()


async def run_of(site, admin, scene):
    """The id of a run that its own process has made."""
    await admin.get(scene.path)
    await admin.post(f"{scene.path}/runs", seed="7")
    assert "The run has been started." in admin.text
    run_id = await newest(site, match_runs.c.id, match_runs.c.scheme_id == scene.id)

    async def done():
        async with site.database.reading() as connection:
            state = select(match_runs.c.state).where(match_runs.c.id == run_id)
            found = (await connection.execute(state)).scalar_one()
            return found if found not in ("waiting", "running") else None

    assert await until(done, 60) == "done"
    return run_id


async def proposal_of(site, admin, scene):
    """Its path for the two: the mentee is being asked."""
    run_id = await run_of(site, admin, scene)
    await admin.get(f"/admin/matching-runs/{run_id}")
    pair = await newest(site, match_suggestions.c.id, match_suggestions.c.run_id == run_id)
    await admin.post(f"/admin/matching-runs/{run_id}/proposals", pair=str(pair))
    assert "1 mentee is being asked." in admin.text
    return f"/matches/{await newest(site, match_proposals.c.id, match_proposals.c.scheme_id == scene.id)}"


def times_on(guest):
    return re.findall(r'name="start" value="([^"]+)"', guest.text)


async def test_from_a_run_to_a_first_call(site, admin, scene):
    await admin.get(f"/admin/schemes/{scene.id}")
    assert f'href="{scene.path}"' in admin.text
    await admin.get(scene.path)
    assert ["Nuri" in admin.text, "Lena" in admin.text, "There was no run yet." in admin.text] == [True] * 3
    run_id = await run_of(site, admin, scene)
    await admin.get(f"/admin/matching-runs/{run_id}")
    for said in ("Both wrote of this: application", "Both are free", "English", "Number of the draw: 7"):
        assert said in admin.text
    assert "Mentees matched" in (await admin.get(f"/admin/matching-runs/{run_id}/fairness")).text
    path = await proposal_of(site, admin, scene)
    assert (await scene.lena.get(path)).status == 404
    assert "/matches/" not in (await scene.lena.get("/home")).text
    assert f'href="{path}"' in (await scene.nuri.get("/home")).text
    await scene.nuri.get(path)
    assert ["Lena" in scene.nuri.text, "What Lena sees of you" in scene.nuri.text] == [True, True]
    # Their own hours, in their own zone.
    assert "Tuesday 18:00–20:00" in scene.nuri.text
    times = times_on(scene.nuri)
    assert len(times) == 3
    await scene.nuri.post(f"{path}/answer", answer="yes", start=times[:2])
    assert "You said yes. We ask Lena now" in scene.nuri.text
    await scene.lena.get(path)
    assert (times_on(scene.lena), "who would like to meet you" in scene.lena.text) == (times[:2], True)
    await scene.lena.post(f"{path}/answer", answer="yes", start=times[1])
    assert re.fullmatch(r"/(catchups|bookings)/\d+", scene.lena.path)
    await scene.nuri.get(path)
    assert "You and Lena have both said yes." in scene.nuri.text
    assert "Agreed to a match" in (await scene.nuri.get("/me/choices")).text
    await admin.get(scene.path)
    assert ["Both said yes." in admin.text, "No mentee waits" in admin.text] == [True, True]


async def test_a_no_and_what_would_change_it(site, admin, scene):
    path = await proposal_of(site, admin, scene)
    await scene.nuri.get(path)
    await scene.nuri.post(f"{path}/answer", answer="no", words="x" * 501)
    assert (scene.nuri.status, "Please shorten this" in scene.nuri.text, "x" * 501 in scene.nuri.text) == (
        422,
        True,
        True,
    )
    await scene.nuri.post(f"{path}/answer", answer="no", words="Somebody nearer.")
    assert "You said no, and the other person is not told." in scene.nuri.text
    assert (await scene.lena.get(path)).status == 404
    await admin.get(scene.path)
    assert ["Somebody nearer." in admin.text, "The mentee said no." in admin.text] == [True, True]
    await scene.nuri.post(f"{path}/answer", answer="no")
    assert scene.nuri.status == 409


async def test_a_yes_needs_a_time(site, admin, scene):
    path = await proposal_of(site, admin, scene)
    await scene.nuri.get(path)
    for start in ([], ["nonsense"], ["2020-01-01T10:00:00+00:00"]):
        await scene.nuri.post(f"{path}/answer", answer="yes", start=start)
        assert (scene.nuri.status, 'href="#start"' in scene.nuri.text) == (422, True)
    times = times_on(await scene.nuri.get(path))
    await scene.nuri.post(f"{path}/answer", answer="yes", start=times)
    await scene.nuri.post(f"{path}/withdrawal")
    assert "This match did not come about." in scene.nuri.text


async def test_pins_and_bans_need_a_reason_that_the_audit_log_keeps(site, admin, scene):
    await admin.get(scene.path)
    pair = {"mentor": str(scene.lena_id), "mentee": str(scene.nuri_id)}
    await admin.post(f"{scene.path}/rules", kind="ban", reason=" ", **pair)
    assert (admin.status, "Please say why." in admin.text, f'value="{scene.lena_id}" selected' in admin.text) == (
        422,
        True,
        True,
    )
    await admin.post(f"{scene.path}/rules", kind="ban", reason="They are a couple.", **pair)
    assert "The pair is forbidden" in admin.text
    run_id = await run_of(site, admin, scene)
    await admin.get(f"/admin/matching-runs/{run_id}")
    assert "Nobody could be matched." in admin.text
    assert "without it 1" in (await admin.get(f"/admin/matching-runs/{run_id}/fairness")).text
    await admin.get(scene.path)
    rule = re.search(r"/admin/matching-rules/(\d+)/removal", admin.text)[1]
    await admin.post(f"/admin/matching-rules/{rule}/removal", reason="They parted.")
    assert "neither pinned nor forbidden" in admin.text
    async with site.database.reading() as connection:
        about = audit_entries.c.subject_kind == "match_rule", audit_entries.c.subject_id == int(rule)
        found = await connection.execute(select(audit_entries.c.act, audit_entries.c.reason).where(*about))
        assert [tuple(row) for row in found] == [
            ("banned_pair", "They are a couple."),
            ("freed_pair", "They parted."),
        ]


@pytest.mark.parametrize("changes", [{"mentor": ""}, {"mentee": ""}, {"mentor": "999999"}])
async def test_a_pair_is_of_the_list(admin, scene, changes):
    await admin.get(scene.path)
    pair = {"mentor": str(scene.lena_id), "mentee": str(scene.nuri_id)} | changes
    await admin.post(f"{scene.path}/rules", kind="pin", reason="Why not.", **pair)
    assert (admin.status, "Please choose somebody from the list." in admin.text) == (422, True)


async def test_nothing_is_proposed_where_nothing_is_ticked(site, admin, scene):
    run_id = await run_of(site, admin, scene)
    await admin.get(f"/admin/matching-runs/{run_id}")
    await admin.post(f"/admin/matching-runs/{run_id}/proposals")
    assert (admin.status, "Please tick at least one pair." in admin.text) == (422, True)


async def test_many_suggestions_come_in_pages_and_a_proposal_leads_back_to_its_own(site, admin, scene):
    now = datetime.now(UTC)
    async with site.database.writing() as connection:
        members = [
            await add_membership(
                connection,
                scene.id,
                (await find_or_add_person(connection, NewPerson(f"Niko {number}", email, "UTC"), now)).id,
                MembershipState.MEMBER,
                NURI,
                now,
            )
            for number, email in enumerate(f"niko{number}.{scene.id}@example.org" for number in range(101))
        ]
        account = (await connection.execute(select(accounts.c.id).limit(1))).scalar_one()
        run_id = await add_run(connection, scene.id, account, 7, now)
        await begin(connection, await find_any_run(connection, run_id, lock=True), now)
        await finish(
            connection,
            await find_any_run(connection, run_id, lock=True),
            "",
            report_json(everybody_together((), (), (), 7, lambda percent: None), ()),
            [
                KeptSuggestion(scene.lena_id, each, score, False, False, "", '{"points":{},"next_best":[]}')
                for score, each in enumerate(members)
            ],
            [KeptLeftOut(each, role, "no_hour") for each in members for role in MembershipRole if role.value != "both"],
            now,
        )
    path = f"/admin/matching-runs/{run_id}"
    shown = []
    for number, said, links in (
        (1, "1 to 50", [2]),
        (2, "51 to 100", [1, 3]),
        (3, "101 to 101", [2]),
        (99, "101 to", [2]),
    ):
        await admin.get(f"{path}?page={number}")
        assert f"Pairs {said}" in admin.text
        assert [int(each) for each in re.findall(r'href="\?page=(\d+)"', admin.text)] == links
        shown += [name for name in re.findall(r"<bdi>(Niko \d+)</bdi> –", admin.text) if number < 99]
    assert shown == [f"Niko {number}" for number in range(101)]
    assert "2 more were left out." in admin.text
    await admin.get(f"{path}?page=2")
    pair = re.search(r'name="pair" value="(\d+)"', admin.text)[1]
    await admin.post(f"{path}/proposals?page=2", pair=pair)
    assert ["1 mentee is being asked." in admin.text, "Pairs 51 to 100" in admin.text] == [True, True]
    await admin.post(f"{path}/proposals?page=2")
    assert (admin.status, "Pairs 51 to 100" in admin.text) == (422, True)


async def test_many_who_wait_come_in_pages_and_are_found_by_name(site, admin, scene):
    now = datetime.now(UTC)
    async with site.database.writing() as connection:
        for number in range(102):
            new = NewPerson(f"Niko Sand {number:03}", f"sand{number}.{scene.id}@example.org", "UTC")
            person = await find_or_add_person(connection, new, now)
            await add_membership(connection, scene.id, person.id, MembershipState.MEMBER, NURI, now)
    for query, names, links in (
        ("", 49, ["?mentees=2#mentees"]),
        ("?mentees=2", 50, ["?#mentees", "?mentees=3#mentees"]),
        ("?mentees=99&mentor_name=lena", 3, ["?mentees=2&amp;mentor_name=lena#mentees"]),
        ("?mentee_name=s%C3%A1nd+10", 2, []),
        ("?mentee_name=an", 0, []),
    ):
        await admin.get(f"{scene.path}{query}")
        assert len(re.findall(r"<bdi>Niko Sand \d+</bdi></a>", admin.text)) == names, query
        assert re.findall(r'href="(\?[^"]*)"', admin.text) == links, query
        assert '<a href="#mentees">Mentees who wait</a> <span class="tag">103</span>' in admin.text
    assert "Nobody among them is called that." in admin.text
    # Whoever is chosen stays so, also where the search finds others.
    await admin.post(f"{scene.path}/rules?mentee_name=niko", mentee=scene.nuri_id, mentor=scene.lena_id, kind="pin")
    assert admin.status == 422
    assert f'<option value="{scene.nuri_id}" selected>Nuri</option>' in admin.text
    assert 'value="niko"' in admin.text


async def test_the_form_for_a_pair_offers_not_more_than_one_can_look_through(site, admin, scene, monkeypatch):
    monkeypatch.setattr("server.matching.queries.matching.OFFERED", 1)
    now = datetime.now(UTC)
    await add_member(site.database, scene.id, "Zora", NURI, now, f"zora{scene.id}@example.org")
    await admin.get(scene.path)
    assert "1 more person is not in this list." in admin.text
    assert ">Zora</option>" not in admin.text
    await admin.get(f"{scene.path}?mentee_name=zor")
    assert [">Zora</option>" in admin.text, "is not in this list" in admin.text] == [True, False]
    await admin.get(f"{scene.path}?mentor_name=zor")
    assert ">Lena</option>" in admin.text


async def test_a_run_is_cancelled(site, admin, scene):
    await admin.get(scene.path)
    await admin.post(f"{scene.path}/runs", seed="nonsense")
    assert (admin.status, 'href="#seed"' in admin.text) == (422, True)
    async with site.database.writing() as connection:
        # As if another server had just claimed it: nobody here makes it.
        account = (await connection.execute(select(accounts.c.id).limit(1))).scalar_one()
        run_id = await add_run(connection, scene.id, account, 7, datetime.now(UTC))
        await begin(connection, await find_any_run(connection, run_id, lock=True), datetime.now(UTC))
    await admin.get(scene.path)
    assert "The run is under way" in admin.text
    await admin.post(f"/admin/matching-runs/{run_id}/cancellation")
    assert "The newest run was cancelled." in admin.text
    await admin.post(f"/admin/matching-runs/{run_id}/cancellation")
    assert admin.status == 409


async def test_a_coordinator_sees_the_matching_of_their_own_schemes_only(site, admin, coordinator, scene):
    path, run_id = (
        await proposal_of(site, admin, scene),
        await newest(site, match_runs.c.id, match_runs.c.scheme_id == scene.id),
    )
    pages = [scene.path, f"/admin/matching-runs/{run_id}", f"/admin/matching-runs/{run_id}/fairness"]
    assert [(await coordinator.get(each)).status for each in pages] == [404] * 3
    async with site.database.writing() as connection:
        await set_coordinators(connection, scene.id, await coordinator_accounts(connection))
    assert [(await coordinator.get(each)).status for each in pages] == [200] * 3
    await coordinator.get(scene.path)
    await coordinator.post(f"/admin{path}/withdrawal")
    assert "The proposal was taken back." in coordinator.text
    assert "This match did not come about." in (await scene.nuri.get(path)).text


async def test_members_and_strangers_see_none_of_it(site, admin, scene, stranger, nobody):
    path = await proposal_of(site, admin, scene)
    assert [(await who.get(scene.path)).status for who in (scene.nuri, scene.lena, stranger)] == [404] * 3
    assert (await stranger.get(path)).status == 404
    assert (await nobody.get(path)).status in (401, 403, 404)
