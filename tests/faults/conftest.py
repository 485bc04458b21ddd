"""What is tried here is done more often than people do it."""

from collections.abc import Iterator

import pytest

from tests.crowd import unlimited


@pytest.fixture(scope="module", autouse=True)
def no_limits() -> Iterator[None]:
    with unlimited():
        yield
