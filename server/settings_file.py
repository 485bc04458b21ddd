"""The settings file, fireside.toml, which the service and every command share."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

NAME = "fireside.toml"
VARIABLE = "FIRESIDE_SETTINGS"
SYSTEM_WIDE = Path("/etc") / NAME


class BadSettingsFile(Exception):
    """A settings file that cannot be read: names it, and says why."""


def find_settings_file(environment: Mapping[str, str], folder: Path, system_wide: Path = SYSTEM_WIDE) -> Path | None:
    """The file that FIRESIDE_SETTINGS names, else `fireside.toml` of this folder, else the one in /etc."""
    if named := environment.get(VARIABLE):
        return folder / named
    return next((file for file in (folder / NAME, system_wide) if file.is_file()), None)


def read_settings_file(file: Path) -> dict[str, str]:
    """The texts by the names of the settings, as the environment would have them. Raises BadSettingsFile.

    A list stands for texts that are separated by commas.
    """
    try:
        values = tomllib.loads(file.read_text())
    except OSError as error:
        raise BadSettingsFile(f"The settings file {file} cannot be read ({error.strerror}).") from None
    except tomllib.TOMLDecodeError as error:
        # The error names a place in the file, and no value.
        raise BadSettingsFile(f"The settings file {file} is not TOML: {error}.") from None
    except UnicodeDecodeError:
        raise BadSettingsFile(f"The settings file {file} is not text in UTF-8.") from None
    return {name: _text(file, name, value) for name, value in values.items()}


def _text(file: Path, name: str, value: object) -> str:
    if isinstance(value, list):
        return ",".join(_text(file, name, each) for each in value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadSettingsFile(f'In the settings file {file}, {name} must be a text in quotes: {name} = "…"')
    return str(value)
