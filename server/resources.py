"""Where the folders are that come with the code: templates, static files, migrations."""

from importlib.resources import files
from pathlib import Path


def resource_folder(name: str) -> Path:
    """An installed package holds them in `server`; in a checkout, editable installs too, they are beside it."""
    package = Path(str(files("server"))).resolve()
    checkout = package.parent
    return (checkout if (checkout / "pyproject.toml").is_file() else package) / name
