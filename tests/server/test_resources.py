"""Where templates, static files and migrations are. tests/journeys/test_installed.py has them installed."""

from pathlib import Path

import pytest

from server.resources import resource_folder

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["templates", "static", "migrations"])
def test_in_a_checkout_they_are_beside_the_code(name):
    assert resource_folder(name).samefile(ROOT / name)
