"""Sessions by the API."""

from server.api.pages.operations import ApiAnswer, ApiCall, operation
from server.api.queries.sessions import read_session, read_sessions
from server.api.rules.resources import Nothing, SessionResource, SessionsFilter, SessionsList
from server.api.rules.tokens import TokenScope


@operation("Sessions", TokenScope.READ_SESSIONS, SessionsFilter, {200: SessionsList})
async def list_sessions(call: ApiCall[SessionsFilter]) -> ApiAnswer:
    return ApiAnswer(await read_sessions(call.database, call.asked))


@operation("One session", TokenScope.READ_SESSIONS, Nothing, {200: SessionResource})
async def get_session(call: ApiCall[Nothing]) -> ApiAnswer:
    return ApiAnswer(await read_session(call.database, call.id))
