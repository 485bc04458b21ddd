"""The arguments of the commands: every command takes some settings, and some commands have sub-commands."""

import argparse
from collections.abc import Callable
from typing import Any, TypeAlias

from server.config import SETTINGS

COMMAND_LINE_SETTINGS = ("data", "port", "media_port", "base_url")
# argparse has no public name for it, and at run time it takes no parameter.
Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(parsers: Parsers, name: str, command: Callable[..., Any], explanation: str) -> argparse.ArgumentParser:
    """Adds a command that takes settings. `command` is what runs it."""
    parser = parsers.add_parser(name, help=explanation, description=explanation)
    parser.set_defaults(command=command)
    for setting in COMMAND_LINE_SETTINGS:
        parser.add_argument(f"--{setting.replace('_', '-')}", help=SETTINGS[setting].meaning)
    return parser


def add_group(parsers: Parsers, name: str, explanation: str, examples: str) -> Parsers:
    """Adds a command that has sub-commands; `examples` stand below its help."""
    group = parsers.add_parser(
        name,
        help=explanation,
        description=explanation,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return group.add_subparsers(required=True, metavar="COMMAND")
