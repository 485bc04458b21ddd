"""The package as people install it: what is in it, and the demo run from it, far from the source."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from sysconfig import get_path

import aiohttp
import pytest
from playwright.async_api import Page

from tests.cast import SURROUNDINGS, Fireside, until
from tests.journeys.conftest import into_call
from tests.journeys.seen import sees_and_hears

# One process runs them all, so that the package is built and installed once.

ROOT = Path(__file__).parents[2]
CODE, DATA = ("server", "signaling"), ("migrations", "static", "templates")
# Neither the source nor what the suite's environment is told of it.
AWAY = {name: value for name, value in SURROUNDINGS.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def run(*command: str | Path, folder: Path = ROOT) -> str:
    return subprocess.run(command, cwd=folder, env=AWAY, capture_output=True, text=True, check=True, timeout=60).stdout


@dataclass(frozen=True)
class Distributions:
    sdist: Path
    wheel: Path
    wheel_from_sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """As `pip install` makes them from the source: of the checkout, and of what the sdist unpacks to."""
    folder = tmp_path_factory.mktemp("built")
    build = (sys.executable, "-P", "-m", "hatchling", "build", "--directory")
    run(*build, folder)
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    shutil.unpack_archive(sdist, folder)
    run(*build, folder / "again", "--target", "wheel", folder=folder / sdist.name.removesuffix(".tar.gz"))
    return Distributions(sdist, wheel, folder / "again" / wheel.name)


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel and the suite's libraries, behind a symbolic link."""

    folder: Path

    @property
    def program(self) -> tuple[str, ...]:
        return (str(self.folder / "bin/fireside"),)

    @property
    def site(self) -> Path:
        [found] = self.folder.glob("lib/python*/site-packages")
        return found

    @contextmanager
    def without(self, path: str) -> Iterator[None]:
        """Some file or folder of the package is not there."""
        there, aside = self.site / path, self.folder / f"aside-{Path(path).name}"
        there.rename(aside)
        try:
            yield
        finally:
            aside.rename(there)


@pytest.fixture(scope="module")
def installation(built: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installed")
    (folder / "real").mkdir()
    (folder / "link").symlink_to("real")
    environment = folder / "link/environment"
    run(sys.executable, "-m", "venv", "--without-pip", environment, folder=folder)
    pip = (sys.executable, "-m", "pip", "--python", environment / "bin/python", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", built.wheel_from_sdist, folder=folder)
    # Named in a .pth file, their own .pth files are not followed: the source is not found through them.
    made = Installation(environment)
    (made.site / "libraries.pth").write_text("\n".join(sorted({get_path("purelib"), get_path("platlib")})))
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, which stays so."""
    folder = tmp_path / "empty"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
async def installed(installation: Installation, tmp_path: Path, empty: Path) -> AsyncIterator[Fireside]:
    """The demo, started in an empty folder."""
    house = await Fireside.start(tmp_path / "data", installation.program, empty, PYTHONPATH="")
    yield house
    await house.stop()


def kept(*folders: str) -> set[str]:
    """The files below these folders that git tracks, or would."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders)
    return set(listed.split("\0")) - {""}


def test_the_wheel_holds_every_file_within_our_two_packages(built: Distributions) -> None:
    expected = kept(*CODE) | {f"server/{path}" for path in kept(*DATA)}
    assert {f"server/{path}" for path in ("migrations/script.py.mako", "templates/web/base.html")} <= expected
    for wheel in (built.wheel, built.wheel_from_sdist):
        with zipfile.ZipFile(wheel) as archive:
            assert {name for name in archive.namelist() if ".dist-info/" not in name} == expected


def test_the_sdist_holds_every_file_where_it_is_in_the_source(built: Distributions) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert {name for name in names if name.startswith(tuple(f"{folder}/" for folder in CODE + DATA))} == kept(
        *CODE, *DATA
    )


def test_the_source_cannot_be_imported_from_there(installation: Installation, empty: Path) -> None:
    look = "import server, signaling, sys; print(server.__file__, signaling.__file__, *sys.path, sep='\\n')"
    ours, theirs, *folders = run(installation.folder / "bin/python", "-c", look, folder=empty).splitlines()
    assert Path(ours).parent == installation.site / "server"
    assert Path(theirs).parent == installation.site / "signaling"
    assert str(ROOT) not in folders


async def test_pages_static_files_and_health_answer(installed: Fireside) -> None:
    async with aiohttp.ClientSession(installed.base_url, raise_for_status=True) as session:
        async with session.get("/") as answer:
            assets = re.findall(r'(?:href|src)="(/static/[^"]*)"', await answer.text())
        assert len(assets) >= 3
        for asset in assets:
            async with session.get(asset) as answer:
                assert await answer.read()
        async with session.get("/healthz") as answer:
            assert await answer.json() == {"pages": True, "database": True, "relay": True}


async def test_a_browser_meets_a_browser(installed: Fireside, mentor: Page, mentee: Page) -> None:
    await into_call(installed, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    await sees_and_hears(mentee.evaluate)


LEFT_OUT = {
    "templates": "templates/**/*.html, templates/**/*.email",
    "static": "static/**/*.css, static/**/*.js",
    "migrations": "migrations/env.py, migrations/versions/*.py",
    "i18n/de.po": "de.po",
}


@pytest.mark.parametrize("path", LEFT_OUT)
def test_what_is_missing_stops_the_start_in_one_line(installation: Installation, tmp_path: Path, path: str) -> None:
    with installation.without(f"server/{path}"):
        start = (*installation.program, "demo", "--port", "0", "--data", str(tmp_path / "data"))
        done = subprocess.run(start, cwd=tmp_path, env=AWAY, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"fireside: files of this installation are missing: {LEFT_OUT[path]}. Install Fireside again."
    ]


async def missing(house: Fireside) -> list[str]:
    """What the health page says is missing."""
    async with aiohttp.ClientSession() as session, session.get(f"{house.base_url}/healthz") as answer:
        body: dict[str, list[str]] = await answer.json()
        return body["missing"] if answer.status == 503 else []


async def healthy(house: Fireside) -> bool:
    async with aiohttp.ClientSession() as session, session.get(f"{house.base_url}/healthz") as answer:
        return answer.status == 200


async def test_what_goes_missing_later_is_told_by_the_health_page(
    installation: Installation, installed: Fireside
) -> None:
    with installation.without("server/templates"):
        assert await until(partial(missing, installed), what="what is missing") == LEFT_OUT["templates"].split(", ")
    assert await until(partial(healthy, installed), what="the page being well again")


async def test_no_file_of_the_working_directory_is_taken_for_a_module(
    installation: Installation, tmp_path: Path
) -> None:
    for name in ("server", "signaling", "socket", "ssl", "cffi"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')")
    house = await Fireside.start(tmp_path / "data", installation.program, tmp_path, PYTHONPATH="")
    await house.stop()


async def test_a_checkout_runs_without_being_installed(
    built: Distributions, installation: Installation, tmp_path: Path
) -> None:
    """Its relay runs the code of the checkout, too: there is no other."""
    source = built.sdist.with_name(built.sdist.name.removesuffix(".tar.gz"))
    program = (str(installation.folder / "bin/python"), "-m", "server")
    with installation.without("server"), installation.without("signaling"):
        house = await Fireside.start(tmp_path / "data", program, source, PYTHONPATH="")
        try:
            async with aiohttp.ClientSession(raise_for_status=True) as session, session.get(house.base_url) as answer:
                assert "Fireside" in await answer.text()
        finally:
            await house.stop()
