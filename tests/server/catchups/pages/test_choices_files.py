"""One's own choices to download."""

import csv
import io

import pytest

from server.catchups.actions.answers import decline_offer
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording


@pytest.fixture
async def declined(site, pair):
    """An offer that Sam declined with words that a spreadsheet would compute."""
    offer = await pair.offer()
    shown = ShownWording(WORDINGS[ChoiceKind.DECLINED], "en")
    await decline_offer(site.database, pair.as_sam, offer.id, '=HYPERLINK("https://x","y")', shown, offer.made_at)
    return offer


async def test_they_are_taken_along_as_a_table(mentee, declined):
    await mentee.get("/me/choices.csv")
    assert mentee.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert mentee.headers["Content-Disposition"] == 'attachment; filename="choices.csv"'
    [header, row] = csv.reader(io.StringIO(mentee.text.removeprefix("\ufeff"), newline=""))
    entry = dict(zip(header, row, strict=True))
    assert (entry["choice"], entry["with"], entry["channel"]) == ("declined", "Maya", "page")
    assert entry["words"] == '\'=HYPERLINK("https://x","y")'
    assert entry["wording"] == WORDINGS[ChoiceKind.DECLINED]
    assert len(entry["hash"]) == 64


async def test_and_for_programs_as_they_are(mentee, declined, pair):
    async with mentee.session.get(f"{mentee.base_url}/me/choices.json") as response:
        [entry] = await response.json()
    assert entry["words"] == '=HYPERLINK("https://x","y")'
    assert (entry["offer"], entry["catch_up"], entry["language"]) == (declined.id, declined.catchup_id, "en")
