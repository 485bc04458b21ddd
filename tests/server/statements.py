"""No statement of the product reads all of a long history: checked after each test, for those that it ran first."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.statement_costs import StatementCosts, statement_costs


@pytest.fixture(scope="session")
def costs(tmp_path_factory: pytest.TempPathFactory, long_history: Path) -> Iterator[StatementCosts]:
    """What the statements of all tests cost."""
    with statement_costs(shutil.copy(long_history, tmp_path_factory.mktemp("costs"))) as recorded:
        yield recorded


@pytest.fixture(autouse=True)
def no_costly_statement(costs: StatementCosts) -> Iterator[None]:
    """Fails the test that was the first to run a statement which costs too much."""
    yield
    if found := costs.too_costly():
        pytest.fail("\n\n".join(found), pytrace=False)
