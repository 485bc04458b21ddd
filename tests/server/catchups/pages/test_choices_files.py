"""One's own choices to download."""

import csv
import io

import pytest
from sqlalchemy import update

from server.catchups.actions.answers import decline_offer
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.db.tables import people


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


@pytest.mark.parametrize(
    ("language", "query", "other", "separator"),
    [
        ("en", "", "semicolon", ","),
        ("en", "?separator=semicolon", "semicolon", ";"),
        ("de", "", "comma", ";"),
        ("ar", "", "comma", ";"),
        ("de", "?separator=comma", "comma", ","),
        ("en", "?separator=%3D", "semicolon", ","),
    ],
)
async def test_the_columns_are_apart_in_the_spreadsheets_of_the_readers_language(
    mentee, declined, pair, site, language, query, other, separator
):
    """Excel opens a file in columns only where its separator is the one of its country; the page offers both."""
    async with site.database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == pair.sam.id).values(language=language))
    await mentee.get("/me/choices")
    assert f'href="/me/choices.csv?separator={other}"' in mentee.text
    await mentee.get(f"/me/choices.csv{query}")
    assert mentee.text.removeprefix("\ufeff").startswith(f'"entry"{separator}"at"{separator}"choice"')
