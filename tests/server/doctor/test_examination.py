"""All that the doctor looks at, on a machine where a part is missing; tests/server/test_cli.py has a whole one."""

from datetime import UTC, datetime, timedelta

from server.config import read_settings
from server.db.database import Database
from server.db.schema import migrate
from server.doctor.examination import examine_all, judge_backup
from server.doctor.findings import Verdict
from tests.cast import free_port

NOW = datetime.now(UTC)


async def look(folder):
    settings = read_settings({}, {"data": str(folder), "base_url": f"http://localhost:{free_port()}"})
    return [each async for each in examine_all(settings, "", NOW)]


async def test_a_database_that_is_too_old_is_said_and_the_machine_is_looked_at_all_the_same(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}")
    await migrate(database, "0019")
    await database.close()
    found = await look(tmp_path)
    assert (found[0].part, found[0].verdict) == ("Database", Verdict.WRONG)
    assert found[0].help.endswith("Run: fireside migrate")
    assert [each.part for each in found[1:]] == ["Clock", "Buffers", "Disk", "Emails", "TLS"]


async def test_before_the_first_account_it_says_how_to_make_one(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}")
    await migrate(database)
    await database.close()
    found = {each.part: each for each in await look(tmp_path)}
    assert found["Database"].verdict is Verdict.GOOD
    assert (found["Backup"].verdict, found["Backup"].said) == (Verdict.SOON, "there is none.")
    assert (found["Pages"].verdict, found["Pages"].help) == (Verdict.SOON, "Run: fireside admin create EMAIL")


def test_a_backup_is_of_the_last_two_days():
    found = [judge_backup(NOW - timedelta(days=days), NOW).verdict for days in (1, 3)]
    assert found == [Verdict.GOOD, Verdict.SOON]
