"""Who has an admin's link becomes an admin, and keeps what else they are; nobody else gets an account."""

from sqlalchemy import text

from server.db.database import Database
from server.db.schema import check, migrate
from server.people.actions.links import find_visitor
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.accounts import Role
from server.people.rules.links import secret_hash
from tests.server.actors import NOW

BEFORE = "0010"
ADD_PERSON = text(
    "INSERT INTO people (name, email, email_key, phone, zone, language, needs, zone_known, discreet, preferred_name, "
    "language_known, added_at) VALUES (:email, :email, :email, '', 'UTC', 'en', '', :no, :no, '', :no, :now)"
)
ADD_LINK = text(
    "INSERT INTO links (person_id, purpose, path, secret_hash, made_at, expires_at) "
    "VALUES (:person, :purpose, '/history', :hash, :now, :later)"
)


async def test_admins_become_accounts_and_their_links_sign_in_once(before: Database) -> None:
    async with before.writing() as connection:
        for email in ("admin@fireside.invalid", "maya@example.org", "sam@example.org"):
            await connection.execute(ADD_PERSON, {"email": email, "no": False, "now": NOW})
        await connection.execute(
            text("INSERT INTO mentorships (mentor_id, mentee_id, began_at) VALUES (2, 3, :now)"), {"now": NOW}
        )
        for person, purpose, secret in ((1, "admin", "a"), (1, "admin", "b"), (2, "admin", "c"), (3, "home", "d")):
            await connection.execute(
                ADD_LINK,
                {
                    "person": person,
                    "purpose": purpose,
                    "hash": secret_hash(secret),
                    "now": NOW,
                    "later": NOW.replace(year=2027),
                },
            )
    await migrate(before)
    await check(before)
    async with before.reading() as connection:
        rows = await connection.execute(text("SELECT person_id, role, ended_at FROM accounts ORDER BY person_id"))
        assert [tuple(row) for row in rows] == [(1, "admin", None), (2, "admin", None)]
    token = (await use_one_time_link(before, "c", None, NOW)).token
    maya = await find_visitor(before, token, NOW)
    assert maya is not None
    assert (maya.home, maya.account and maya.account.role) == (True, Role.ADMIN)
