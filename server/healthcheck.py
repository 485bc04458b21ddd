"""`python -m server.healthcheck`: asks the server of these settings whether all is up. For containers."""

import os
import sys
import urllib.request
from pathlib import Path

from server.config import Settings, read_settings
from server.settings_file import find_settings_file, read_settings_file

WITHIN_S = 4
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}  # noqa: S104 looked up, not bound


def url_of(settings: Settings) -> str:
    """Where this machine reaches the server."""
    host = EVERY_ADDRESS.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/healthz"


def main() -> None:
    """Exits with 0 when all is up, else with 1 and the reason."""
    file = find_settings_file(os.environ, Path.cwd())
    settings = read_settings(os.environ, filed=read_settings_file(file) if file else {})
    try:
        with urllib.request.urlopen(url_of(settings), timeout=WITHIN_S):  # noqa: S310 an http address of ours
            pass
    except OSError as error:
        sys.exit(f"{url_of(settings)}: {error}")


if __name__ == "__main__":
    main()
