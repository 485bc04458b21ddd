"""Reading one person by the API: in the audit log, where the person sees it."""

from datetime import datetime

from server.api.rules.resources import PersonResource
from server.api.rules.tokens import ApiToken
from server.api.store.people import read_any_person
from server.db.database import Database
from server.people.rules.audit import BY_TOKEN, TOKEN, Act, AuditSubject
from server.people.store.audit import record


async def read_person(db: Database, token: ApiToken, person_id: int, now: datetime) -> PersonResource:
    """Raises NotFound; then nothing is noted."""
    async with db.writing() as connection:
        found = await read_any_person(connection, person_id)
        subject = AuditSubject(TOKEN, token.id)
        await record(connection, BY_TOKEN, Act.READ_BY_API, now, people=(person_id,), subject=subject)
        return found
