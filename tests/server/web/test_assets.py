"""Static files under their version."""

import pytest

from server.web.assets import asset, version


async def test_a_file_is_kept_for_ever_under_its_version(nobody):
    await nobody.get(asset("css/tokens.css"))
    assert nobody.status == 200
    assert nobody.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert nobody.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    "path",
    [
        "/static/000000000000/css/tokens.css",
        f"/static/{version()}/css/none.css",
        f"/static/{version()}/css",
        f"/static/{version()}/%00",
        f"/static/{version()}/%2e%2e/pyproject.toml",
        f"/static/{version()}/css/..%2f..%2fpyproject.toml",
    ],
)
async def test_nothing_else_is_served(nobody, path):
    assert (await nobody.get(path)).status == 404
