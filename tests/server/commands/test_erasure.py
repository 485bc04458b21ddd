"""Erasing a person from the command line: it says what goes, asks once more, and refuses what it does not know."""

import io
from argparse import Namespace

import pytest

from server.commands.erasure import run_erase
from server.config import read_settings
from server.errors import InvalidInput
from server.people.rules.errors import UnknownAddress
from server.privacy.rules.erasure import ErasureReason
from tests.server.actors import NOW


@pytest.fixture
def erase(database, tmp_path, monkeypatch):
    async def run(who: str, typed: str = "", *, yes: bool = False) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        settings = read_settings({}, given={"data": str(tmp_path)})
        return await run_erase(Namespace(who=who, yes=yes, reason=ErasureReason.LEFT), settings, database, NOW)

    return run


async def test_it_says_what_goes_and_erases_when_the_address_is_typed_again(database, pair, erase, capsys):
    assert await erase("Sam@example.org", "sam@example.org\n") == 0
    said = capsys.readouterr()
    assert "Erasing Sam, Sam@example.org. This cannot be undone." in said.err
    assert "  visits: 1, deleted\n" in said.err
    assert "  people: 1, emptied of their words\n" in said.err
    assert "  mentorships: 1, kept as numbers and times\n" in said.err
    assert said.out.startswith("Erased. Backups")
    with pytest.raises(UnknownAddress):
        await erase("sam@example.org", yes=True)


async def test_without_the_address_nothing_is_erased(database, pair, erase, contents):
    before = await contents()
    for typed in ("", "\n", "maya@example.org\n", "yes\n"):
        with pytest.raises(InvalidInput) as refusal:
            await erase("sam@example.org", typed)
        assert "Nothing was erased." in str(refusal.value)
    assert await contents() == before
