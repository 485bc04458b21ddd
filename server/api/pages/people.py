"""People by the API."""

from server.api.actions.adding import add_or_find_person
from server.api.actions.reading import read_person
from server.api.pages.operations import ApiAnswer, ApiCall, operation
from server.api.queries.people import read_people
from server.api.rules.resources import Nothing, PeopleFilter, PeopleList, PersonResource, PersonToAdd
from server.api.rules.tokens import TokenScope
from server.people.actions.people import NewPerson
from server.web.keys import SETTINGS


@operation("People, by numbers alone", TokenScope.READ_PEOPLE, PeopleFilter, {200: PeopleList})
async def list_people(call: ApiCall[PeopleFilter]) -> ApiAnswer:
    return ApiAnswer(await read_people(call.database, call.asked))


@operation("One person; the read is logged", TokenScope.READ_PEOPLE, Nothing, {200: PersonResource})
async def get_person(call: ApiCall[Nothing]) -> ApiAnswer:
    return ApiAnswer(await read_person(call.database, call.token, call.id, call.now))


@operation(
    "Add a person, or find the one with this external id",
    TokenScope.WRITE_PEOPLE,
    PersonToAdd,
    {200: PersonResource, 201: PersonResource},
    refusals=(409, 410, 422),
    takes_body=True,
)
async def put_person(call: ApiCall[PersonToAdd]) -> ApiAnswer:
    settings, asked = call.request.app[SETTINGS], call.asked
    zone, language = asked.zone or settings.zone, asked.language or settings.language
    new = NewPerson(asked.name, asked.email, zone, language, zone_known=asked.zone is not None)
    person, is_new = await add_or_find_person(call.database, call.token, call.external_id, new, call.now)
    return ApiAnswer(person, 201 if is_new else 200)
