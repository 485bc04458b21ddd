"""Mentorships by the API."""

from server.api.actions.adding import add_or_find_pair
from server.api.pages.operations import ApiAnswer, ApiCall, operation
from server.api.queries.mentorships import read_mentorship, read_mentorships
from server.api.rules.resources import MentorshipResource, MentorshipsFilter, MentorshipsList, Nothing, PairToAdd
from server.api.rules.tokens import TokenScope


@operation("Mentorships", TokenScope.READ_MENTORSHIPS, MentorshipsFilter, {200: MentorshipsList})
async def list_mentorships(call: ApiCall[MentorshipsFilter]) -> ApiAnswer:
    return ApiAnswer(await read_mentorships(call.database, call.asked))


@operation("One mentorship", TokenScope.READ_MENTORSHIPS, Nothing, {200: MentorshipResource})
async def get_mentorship(call: ApiCall[Nothing]) -> ApiAnswer:
    return ApiAnswer(await read_mentorship(call.database, call.id))


@operation(
    "Bring a mentor and a mentee together, or find the mentorship with this external id",
    TokenScope.WRITE_MENTORSHIPS,
    PairToAdd,
    {200: MentorshipResource, 201: MentorshipResource},
    refusals=(409, 410),
    takes_body=True,
)
async def put_mentorship(call: ApiCall[PairToAdd]) -> ApiAnswer:
    pair, is_new = await add_or_find_pair(call.database, call.token, call.external_id, call.asked, call.now)
    return ApiAnswer(pair, 201 if is_new else 200)
