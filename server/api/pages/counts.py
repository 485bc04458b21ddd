"""The numbers of the scheme by the API."""

from server.api.pages.operations import ApiAnswer, ApiCall, operation
from server.api.queries.counts import read_counts
from server.api.rules.periods import counted_period
from server.api.rules.resources import Counts, CountsFilter
from server.api.rules.tokens import TokenScope


@operation("Numbers of the scheme", TokenScope.READ_COUNTS, CountsFilter, {200: Counts}, refusals=(422,))
async def get_counts(call: ApiCall[CountsFilter]) -> ApiAnswer:
    return ApiAnswer(await read_counts(call.database, counted_period(call.asked, call.now)))
