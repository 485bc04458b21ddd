"""Which part of a long list a page shows."""

from dataclasses import dataclass

# A page shows so many.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class ListPart:
    """A page's `number` of so many `pages`, from 1; and of `count` entries those from the `first` to the `last`, from
    1."""

    number: int
    pages: int
    first: int
    last: int
    count: int


def part_of(count: int, number: int) -> ListPart:
    """The page of this number, or the nearest that there is; the only one of nothing is empty."""
    pages = max(-(-count // SHOWN), 1)
    number = min(max(number, 1), pages)
    first = (number - 1) * SHOWN + 1
    return ListPart(number, pages, first, min(first + SHOWN - 1, count), count)
