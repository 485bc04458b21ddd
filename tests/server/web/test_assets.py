"""Static files under their version."""

import pytest

from server.web import access
from server.web import assets as static
from server.web.assets import asset, version


async def test_a_file_is_kept_for_ever_under_its_version(nobody):
    await nobody.get(asset("css/tokens.css"))
    assert nobody.status == 200
    assert nobody.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert nobody.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("path", static.static_files())
async def test_each_file_is_the_same_with_gzip_and_without(nobody, path):
    bodies = {}
    for accepted in ("br, gzip;q=0.5, *;q=0", "identity, gzip;q=0"):
        async with nobody.session.get(nobody.base_url + asset(path), headers={"Accept-Encoding": accepted}) as response:
            bodies[response.headers.get("Content-Encoding")] = await response.read()
            assert response.headers["Content-Type"] == static.static_files()[path].content_type
    assert set(bodies.values()) == {(static.STATIC / path).read_bytes()}
    assert set(bodies) <= {None, "gzip"}


async def test_it_says_no_more_than_a_script_needs(nobody):
    """A call's page loads some seventy."""
    await nobody.get(asset("js/encryption/frame-worker.js"))
    assert set(nobody.headers) == {
        "Cache-Control",
        "Content-Encoding",
        "Content-Length",
        "Content-Security-Policy",
        "Content-Type",
        "Date",
        "Vary",
        "X-Content-Type-Options",
    }
    # A worker imports under the policy of its own script.
    assert nobody.headers["Content-Security-Policy"] == "default-src 'none'; script-src 'self'"


async def test_the_large_ones_are_compressed():
    unpacked = [name for name, file in static.static_files().items() if not file.gzipped]
    assert all(len(static.static_files()[name].body) < 500 for name in unpacked)


async def test_for_a_file_nobody_looks_up_who_asks(mentor, monkeypatch):
    async def refuse(*_: object) -> None:
        raise AssertionError("the visitor was looked up")

    monkeypatch.setattr(access, "find_visitor", refuse)
    assert (await mentor.get(asset("css/tokens.css"))).status == 200
    assert (await mentor.get("/healthz")).status == 200


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


@pytest.fixture
def linked(tmp_path, monkeypatch):
    """The folder is a symbolic link; so is a folder within, and a file."""
    real = tmp_path / "real"
    (real / "icons").mkdir(parents=True)
    (real / "css").symlink_to(static.STATIC / "css")
    (real / "icons/flame.svg").symlink_to(static.STATIC / "icons/flame.svg")
    (tmp_path / "link").symlink_to(real)
    monkeypatch.setattr(static, "STATIC", tmp_path / "link")
    for kept in (static.static_files, version):
        kept.cache_clear()
    yield
    for kept in (static.static_files, version):
        kept.cache_clear()


@pytest.mark.parametrize("path", ["css/tokens.css", "icons/flame.svg"])
async def test_files_behind_symbolic_links_are_served(nobody, linked, path):
    assert (await nobody.get(asset(path))).status == 200
