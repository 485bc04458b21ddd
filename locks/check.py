"""Checks that pyproject.toml, the lock files and what is installed agree: `python -m locks.check`.

What a pinned package requires is read from the package as it is installed here. One that is only for another system is
not installed here, and counts as requiring nothing.
"""

import itertools
import json
import re
import sys
import sysconfig
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from locks.pins import EVERYTHING, FOLDER, PROJECT, Pin, read_npm_packages, read_pins, requirements

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
)
ENVIRONMENTS = {
    f"{system['platform_machine']} {system['platform_system']} with Python {python}": {
        **system,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for python, system in itertools.product(PYTHONS, SYSTEMS)
}
INSTALLED_NPM_PACKAGES = PROJECT.parent / "build/node/node_modules/.package-lock.json"

Environment = Mapping[str, str]


@cache
def required_by(package: str) -> tuple[Requirement, ...]:
    """What the package requires, as it says itself where it is installed."""
    try:
        return tuple(Requirement(line) for line in metadata.requires(package) or ())
    except metadata.PackageNotFoundError:
        return ()


def versions_in(pins: Iterable[Pin], environment: Environment) -> dict[str, Version]:
    return {pin.name: pin.version for pin in pins if pin.marker is None or pin.marker.evaluate(dict(environment))}


def is_required(requirement: Requirement, extras: Iterable[str], environment: Environment) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def differences(required: Iterable[Requirement], pins: Iterable[Pin], environment: Environment) -> list[str]:
    """Where the pins and what is required differ, in this environment."""
    pinned = versions_in(pins, environment)
    found = []
    reached: set[str] = set()
    followed: set[tuple[str, frozenset[str]]] = set()
    waiting = [(requirement, "pyproject.toml", frozenset[str]()) for requirement in required]
    while waiting:
        requirement, source, extras = waiting.pop()
        if not is_required(requirement, extras, environment):
            continue
        name = canonicalize_name(requirement.name)
        reached.add(name)
        if name not in pinned:
            found.append(f"{source} requires {name}, which is not pinned")
        elif not requirement.specifier.contains(pinned[name], prereleases=True):
            found.append(f"{source} requires {name}{requirement.specifier}, but {pinned[name]} is pinned")
        if (step := (name, frozenset(requirement.extras))) not in followed:
            followed.add(step)
            waiting += [(further, name, step[1]) for further in required_by(name)]
    return found + [f"{name} is pinned, but nothing requires it" for name in sorted(pinned.keys() - reached)]


def differences_anywhere(required: list[Requirement], pins: list[Pin]) -> list[str]:
    """Where the pins and what is required differ, in any environment; it is named unless all are alike."""
    places = defaultdict(list)
    for place, environment in ENVIRONMENTS.items():
        for difference in dict.fromkeys(differences(required, pins, environment)):
            places[difference].append(place)
    return sorted(
        difference if len(where) == len(ENVIRONMENTS) else f"{difference} ({', '.join(where)})"
        for difference, where in places.items()
    )


def pinned_differently(locks: Mapping[str, list[Pin]]) -> list[str]:
    """What two lock files pin to different versions, or to different files."""
    pinned: dict[str, dict[str, set[tuple[Version, frozenset[str]]]]] = defaultdict(lambda: defaultdict(set))
    for lock, pins in locks.items():
        for pin in pins:
            pinned[pin.name][lock].add((pin.version, pin.hashes))
    return [
        f"{' and '.join(by_lock)} pin {name} differently"
        for name, by_lock in pinned.items()
        if len({frozenset(files) for files in by_lock.values()}) > 1
    ]


def installed_packages() -> dict[str, Version]:
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    found = metadata.distributions(path=sorted(places))
    return {canonicalize_name(package.name): Version(package.version) for package in found}


def installed_differently(pinned: Mapping[str, object], installed: Mapping[str, object]) -> list[str]:
    return [
        f"{name}: pinned {pinned.get(name, 'not at all')}, installed {installed.get(name, 'not at all')}"
        for name in sorted(pinned.keys() | installed.keys())
        if pinned.get(name) != installed.get(name)
    ]


def python_problems(project: Path, folder: Path) -> list[str]:
    required = requirements(project)
    try:
        locks = {lock: read_pins(folder / lock) for lock in required}
    except ValueError as error:
        return [str(error)]
    own = canonicalize_name(tomllib.loads(project.read_text())["project"]["name"])
    installed = {name: version for name, version in installed_packages().items() if name != own}
    return [
        *(f"{lock}: {line}" for lock in locks for line in differences_anywhere(required[lock], locks[lock])),
        *pinned_differently(locks),
        *installed_differently(versions_in(locks[EVERYTHING], {}), installed),
    ]


def npm_problems(folder: Path, installed: Path) -> list[str]:
    """Whether the pinned versions are within package.json's ranges is what `npm ci` checks when it installs them."""
    lock = folder / "package-lock.json"
    declared = json.loads((folder / "package.json").read_text())["devDependencies"]
    packages = read_npm_packages(lock)
    own = packages.pop("")
    needed = set(own["devDependencies"]).union(*(package.get("dependencies", ()) for package in packages.values()))
    names = {place.rpartition("node_modules/")[2] for place in packages}
    problems = []
    if own["devDependencies"] != declared:
        problems.append("package-lock.json: made for another package.json")
    problems += [f"package-lock.json: {name} is required, but not pinned" for name in sorted(needed - names)]
    problems += [f"package-lock.json: {name} is pinned, but nothing requires it" for name in sorted(names - needed)]
    for place, package in packages.items():
        if not re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package.get("integrity", "")):
            problems.append(f"package-lock.json: {place} has no hash")
        if "resolved" in package:
            problems.append(f"package-lock.json: {place} has an address")
    found = read_npm_packages(installed) if installed.exists() else {}
    return problems + installed_differently(npm_versions(packages), npm_versions(found))


def npm_versions(packages: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {place: package["version"] for place, package in packages.items()}


def main() -> int:
    problems = [*python_problems(PROJECT, FOLDER), *npm_problems(FOLDER, INSTALLED_NPM_PACKAGES)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("`make lock` brings the lock files in line with pyproject.toml and package.json.", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
