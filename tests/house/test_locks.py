"""pyproject.toml, the lock files and what is installed agree, and `make check` sees where they do not."""

import json
import re
import shutil
from pathlib import Path

import pytest

from locks.check import ENVIRONMENTS, INSTALLED_NPM_PACKAGES, npm_problems, python_problems
from locks.pins import FOLDER, PROJECT
from locks.renew import changes

HASH = f"--hash=sha256:{'0' * 64}"
EVERYWHERE_BUT_ON_WINDOWS = ", ".join(place for place in ENVIRONMENTS if "Windows" not in place)
ON_WINDOWS = ", ".join(place for place in ENVIRONMENTS if "Windows" in place)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of pyproject.toml, with the lock files beside it."""
    for file in (*FOLDER.glob("*.txt"), *FOLDER.glob("*.json")):
        shutil.copy(file, tmp_path)
    return Path(shutil.copy(PROJECT, tmp_path))


def replace(file: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, text, file.read_text(), flags=re.MULTILINE)
    assert count == 1
    file.write_text(changed)


def problems(project: Path) -> list[str]:
    return python_problems(project, project.parent)


def npm(project: Path) -> list[str]:
    return npm_problems(project.parent, INSTALLED_NPM_PACKAGES)


def pin_of(package: str) -> str:
    return rf"^{package}==(.*\\\n)+.*\n"


def version_of(lock: str, package: str) -> str:
    match = re.search(rf"^{package}==(\S+)", (FOLDER / lock).read_text(), re.MULTILINE)
    assert match is not None
    return match[1]


def test_they_agree(project: Path) -> None:
    assert problems(project) == []
    assert npm(project) == []


def test_a_version_outside_its_range_is_seen(project: Path) -> None:
    replace(project, r'"jinja2>=[^"]*"', '"jinja2>=99"')
    assert problems(project) == [
        f"{lock}: pyproject.toml requires jinja2>=99, but {version_of(lock, 'jinja2')} is pinned"
        for lock in ("dev.txt", "run.txt")
    ]


def test_a_tool_outside_its_range_is_seen(project: Path) -> None:
    replace(project, r'"pytest>=[^"]*"', '"pytest<9"')
    pinned = version_of("dev.txt", "pytest")
    assert problems(project) == [f"dev.txt: pyproject.toml requires pytest<9, but {pinned} is pinned"]


def test_the_installer_outside_its_range_is_seen(project: Path) -> None:
    replace(project, r'"pip>=[^"]*"', '"pip<20"')
    assert problems(project) == [
        f"{lock}: pyproject.toml requires pip<20, but {version_of(lock, 'pip')} is pinned"
        for lock in ("dev.txt", "build.txt")
    ]


def test_a_build_requirement_without_a_pin_is_seen(project: Path) -> None:
    replace(project, r"^requires = \[", 'requires = ["left-out>=1", ')
    assert problems(project) == [
        f"{lock}: pyproject.toml requires left-out, which is not pinned" for lock in ("dev.txt", "build.txt")
    ]


def test_a_new_requirement_without_a_pin_is_seen(project: Path) -> None:
    replace(project, r"^dev = \[", 'dev = ["left-out>=1", ')
    assert problems(project) == ["dev.txt: pyproject.toml requires left-out, which is not pinned"]


def test_a_missing_pin_of_what_a_library_requires_is_seen(project: Path) -> None:
    for lock in ("run.txt", "dev.txt"):
        replace(project.with_name(lock), pin_of("frozenlist"), "")
    assert problems(project) == [
        *(
            f"{lock}: {library} requires frozenlist, which is not pinned"
            for lock in ("dev.txt", "run.txt")
            for library in ("aiohttp", "aiosignal")
        ),
        f"frozenlist: pinned not at all, installed {version_of('run.txt', 'frozenlist')}",
    ]


def test_a_missing_pin_for_another_system_is_seen(project: Path) -> None:
    replace(project.with_name("dev.txt"), pin_of("colorama"), "")
    assert problems(project) == [f"dev.txt: pytest requires colorama, which is not pinned ({ON_WINDOWS})"]


def test_a_pin_that_nothing_requires_is_seen(project: Path) -> None:
    lock = project.with_name("dev.txt")
    lock.write_text(f"{lock.read_text()}left-over==1.0 {HASH}\n")
    assert problems(project) == [
        "dev.txt: left-over is pinned, but nothing requires it",
        "left-over: pinned 1.0, installed not at all",
    ]


def test_a_pin_for_more_systems_than_require_it_is_seen(project: Path) -> None:
    replace(project.with_name("dev.txt"), r"^(colorama==\S+) ; sys_platform == 'win32'", r"\1")
    assert problems(project) == [
        f"dev.txt: colorama is pinned, but nothing requires it ({EVERYWHERE_BUT_ON_WINDOWS})",
        f"colorama: pinned {version_of('dev.txt', 'colorama')}, installed not at all",
    ]


def test_a_dependency_that_is_no_longer_required_is_seen(project: Path) -> None:
    replace(project, r'^    "pytest-timeout.*\n', "")
    assert problems(project) == ["dev.txt: pytest-timeout is pinned, but nothing requires it"]


def test_another_version_than_installed_is_seen(project: Path) -> None:
    installed = version_of("dev.txt", "ruff")
    replace(project.with_name("dev.txt"), r"^ruff==\S+", f"ruff=={installed}.post1")
    assert problems(project) == [f"ruff: pinned {installed}.post1, installed {installed}"]


def test_locks_that_differ_are_seen(project: Path) -> None:
    replace(project.with_name("run.txt"), pin_of("jinja2"), f"jinja2=={version_of('dev.txt', 'jinja2')} {HASH}\n")
    assert problems(project) == ["dev.txt and run.txt pin jinja2 differently"]


@pytest.mark.parametrize(
    "line",
    [
        "left==1.0",
        f"left>=1.0 {HASH}",
        "left==1.0 --hash=md5:00",
        "left @ https://example.org/left.whl",
        "--index-url https://example.org/simple",
        "--find-links /home/somebody/wheels",
        "# made by somebody",
    ],
)
def test_lines_without_version_and_hash_are_seen(project: Path, line: str) -> None:
    lock = project.with_name("build.txt")
    lock.write_text(f"{lock.read_text()}{line}\n")
    assert problems(project) == [f"build.txt: not a version with its hashes: {line}"]


def test_npm_packages_that_are_not_installed_are_seen(project: Path) -> None:
    locked = json.loads(project.with_name("package-lock.json").read_text())["packages"]
    assert npm_problems(project.parent, project.parent / "nothing") == [
        f"{place}: pinned {locked[place]['version']}, installed not at all" for place in sorted(locked) if place
    ]


def test_another_package_json_is_seen(project: Path) -> None:
    replace(project.with_name("package.json"), r'"typescript": "\^', '"typescript": "~')
    assert npm(project) == ["package-lock.json: made for another package.json"]


def test_an_npm_package_too_many_is_seen(project: Path) -> None:
    file = project.with_name("package-lock.json")
    lock = json.loads(file.read_text())
    lock["packages"]["node_modules/left-over"] = {"version": "1.0.0", "resolved": "https://example.org/left-over.tgz"}
    file.write_text(json.dumps(lock))
    assert npm(project) == [
        "package-lock.json: left-over is pinned, but nothing requires it",
        "package-lock.json: node_modules/left-over has no hash",
        "package-lock.json: node_modules/left-over has an address",
        "node_modules/left-over: pinned 1.0.0, installed not at all",
    ]


def test_an_npm_package_too_few_is_seen(project: Path) -> None:
    file = project.with_name("package-lock.json")
    lock = json.loads(file.read_text())
    version = lock["packages"].pop("node_modules/axe-core")["version"]
    file.write_text(json.dumps(lock))
    assert npm(project) == [
        "package-lock.json: axe-core is required, but not pinned",
        f"node_modules/axe-core: pinned not at all, installed {version}",
    ]


def test_changes_are_told_by_package() -> None:
    before = {"gone": ("1", "a"), "newer": ("1", "a"), "rebuilt": ("1", "a"), "same": ("1", "a")}
    after = {"new": ("2", "b"), "newer": ("2", "b"), "rebuilt": ("1", "b"), "same": ("1", "a")}
    assert changes(before, after) == [
        "gone 1 -> (none)",
        "new (none) -> 2",
        "newer 1 -> 2",
        "rebuilt 1: more or fewer files to choose from",
    ]
