"""Reading forms and addresses.

What cannot be read of a form becomes an InvalidInput that names the field, so that the form comes back filled in.
"""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from server.errors import InvalidInput
from server.i18n.texts import N_

Form = MultiDictProxy[Any]

OWN_PAGE = re.compile(r"(/[a-z0-9-]+)+")
NOT_LISTED = N_("Please choose one of those that are listed.")


def text(form: Form, field: str) -> str:
    """The field's text with line ends as people mean them; empty when it is not there or is a file."""
    value = form.get(field, "")
    return value.replace("\r\n", "\n").replace("\0", "") if isinstance(value, str) else ""


def whole_number(form: Form, field: str) -> int:
    """One of the numbers that the page lists. Raises InvalidInput about the field."""
    try:
        return int(text(form, field))
    except ValueError as error:
        raise InvalidInput(field, NOT_LISTED) from error


def id_of(request: web.Request) -> int:
    """The id in the page's address: the route lets only numbers through."""
    return int(request.match_info["id"])


def own_page(path: str) -> str:
    """The way back to a page of ours; empty for what leads anywhere else."""
    return path if OWN_PAGE.fullmatch(path) else ""


def entry_number(query: Mapping[str, str], field: str) -> int | None:
    """The id that the page's address names; None for what cannot be one."""
    typed = query.get(field, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
