"""Ending links from the command line."""

from argparse import ArgumentParser, Namespace

import pytest

from server.commands.revocation import add_revoke_arguments, run_revoke
from server.config import read_settings
from server.errors import NotFound
from server.people.actions.links import find_visitor, make_link, open_link
from server.people.actions.revocations import end_visit_of
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import Purpose
from tests.server.actors import NOW, account_link, visitor_with_account

SETTINGS = read_settings({})


@pytest.fixture
def revoke(database):
    async def run(who: str) -> int:
        return await run_revoke(Namespace(who=who), SETTINGS, database, NOW)

    return run


async def a_link(database, pair, purpose=Purpose.HOME):
    async with database.writing() as connection:
        return await make_link(connection, NOW, person_id=pair.mentor.person.id, purpose=purpose, path="/home")


async def test_everything_of_one_person_ends(database, pair, revoke, capsys):
    secret = await a_link(database, pair)
    token = (await open_link(database, secret, None, NOW)).token
    assert await revoke("Maya@example.org") == 0
    assert capsys.readouterr().out == "Ended: 2 links that were valid, 2 browsers, and 0 passkeys.\n"
    assert await find_visitor(database, token, NOW) is None
    with pytest.raises(LinkNotFound):
        await open_link(database, secret, None, NOW)


@pytest.mark.parametrize(
    ("purpose", "form"), [(Purpose.HOME, "https://meet.example.org/l/{}"), (Purpose.FEED, "webcal://x/feed/{}.ics")]
)
async def test_one_link_ends(database, pair, revoke, capsys, purpose, form):
    secret, other = await a_link(database, pair, purpose), await a_link(database, pair)
    assert await revoke(form.format(secret)) == 0
    assert secret not in capsys.readouterr().out
    await open_link(database, other, None, NOW)
    assert await revoke(form.format(secret)) == 1
    assert "has ended already" in capsys.readouterr().out


async def test_the_admins_links_end(database, revoke):
    secret, visitor = await account_link(database), await visitor_with_account(database, email="ben@example.org")
    assert await revoke("admin") == 0
    with pytest.raises(LinkNotFound):
        await open_link(database, secret, None, NOW)
    with pytest.raises(NotFound):
        await end_visit_of(database, visitor, visitor.visit_id)


async def test_an_unknown_address_is_said(database, pair, revoke, capsys, contents):
    before = await contents()
    assert await revoke("nobody@example.org") == 1
    assert "Nobody here has the email address nobody@example.org." in capsys.readouterr().out
    assert await contents() == before


def test_the_argument_says_what_can_be_ended(capsys):
    parser = ArgumentParser()
    add_revoke_arguments(parser)
    assert parser.parse_args(["maya@example.org"]).who == "maya@example.org"
