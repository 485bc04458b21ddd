"""The filter in the page's address: what is written is read again."""

from datetime import date

from aiohttp.test_utils import make_mocked_request

from server.admin.pages.history_address import address_of, filter_of, place_of
from server.admin.rules.history import HistoryFilter, HistoryState, RowKey, Sort
from server.catchups.rules.drafts import Medium


def asked(address):
    return make_mocked_request("GET", f"/history?{address}")


def test_everything_newest_first_needs_no_address():
    assert address_of(HistoryFilter("Europe/Berlin")) == ""


def test_what_is_written_is_read_again():
    wanted = HistoryFilter(
        zone="Asia/Tokyo",
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        states=frozenset({HistoryState.HELD, HistoryState.OPEN}),
        medium=Medium.PHONE,
        person_id=3,
        mentorship_id=4,
        name="Åsa & 李",
        sort=Sort.MENTEE,
    )
    for key in (None, RowKey(True, 12), RowKey(False, 7)):
        request = asked(address_of(wanted, key))
        assert (filter_of(request), place_of(request)) == (wanted, key)
