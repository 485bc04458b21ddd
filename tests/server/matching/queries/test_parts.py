"""Which of many entries a page shows."""

from hypothesis import given
from hypothesis import strategies as st

from server.matching.queries.parts import SHOWN, part_of


@given(st.integers(0, 5 * SHOWN))
def test_the_pages_show_each_once_and_in_order(count):
    pages = part_of(count, 1).pages
    parts = [part_of(count, number) for number in range(1, pages + 1)]
    assert [place for part in parts for place in range(part.first, part.last + 1)] == list(range(1, count + 1))
    assert all(part.last - part.first < SHOWN for part in parts)


@given(st.integers(0, 5 * SHOWN), st.integers(-3, 10**5))
def test_a_page_that_there_is_not_is_the_nearest(count, number):
    part = part_of(count, number)
    assert part == part_of(count, min(max(number, 1), part.pages))
