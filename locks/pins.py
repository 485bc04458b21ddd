"""What pyproject.toml requires, and what the lock files pin."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parent / "pyproject.toml"
EVERYTHING = "dev.txt"
LINE = re.compile(r"([a-z0-9-]+)==(\S+)( ; (?P<marker>[^#]+?))?(?P<hashes>( --hash=sha256:[0-9a-f]{64})+)")


@dataclass(frozen=True)
class Pin:
    """One line of a lock file. It holds where its marker is true, or everywhere."""

    name: str
    version: Version
    marker: Marker | None
    hashes: frozenset[str]


def requirements(project: Path) -> dict[str, list[Requirement]]:
    """The requirements in pyproject.toml, by the name of the lock file that pins them."""
    declared = tomllib.loads(project.read_text())
    groups = declared["dependency-groups"]
    build = [*declared["build-system"]["requires"], *resolve_dependency_groups(groups, "build")]
    run = declared["project"]["dependencies"]
    dev = [*build, *run, *resolve_dependency_groups(groups, "dev")]
    lines = {EVERYTHING: dev, "build.txt": build, "run.txt": run}
    return {lock: [Requirement(line) for line in required] for lock, required in lines.items()}


def read_pins(lock: Path) -> list[Pin]:
    """Raises ValueError at the first line that is anything but a name, a version, a marker and hashes."""
    pins = []
    for line in lock.read_text().replace("\\\n", "").splitlines():
        match = LINE.fullmatch(" ".join(line.split()))
        if match is None:
            raise ValueError(f"{lock.name}: not a version with its hashes: {line[:100]}")
        marker = Marker(match["marker"]) if match["marker"] else None
        pins.append(Pin(canonicalize_name(match[1]), Version(match[2]), marker, frozenset(match["hashes"].split())))
    return pins


def read_npm_packages(lock: Path) -> dict[str, dict[str, Any]]:
    """The packages in a package-lock.json by their places; the place "" is package.json itself."""
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text())["packages"]
    return packages
