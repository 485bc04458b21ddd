"""Reading forms and addresses.

A field that cannot be read raises InvalidInput with its name, so that the form is shown again as it was filled in.
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
NOT_LISTED = N_("Please choose one from the list.")


def text(form: Form, field: str) -> str:
    """The field's text with plain line ends; empty when the field is missing or is a file."""
    value = form.get(field, "")
    return value.replace("\r\n", "\n").replace("\0", "") if isinstance(value, str) else ""


def whole_number(form: Form, field: str) -> int:
    """One of the numbers that the page lists. Raises InvalidInput about the field."""
    try:
        return int(text(form, field))
    except ValueError as error:
        raise InvalidInput(field, NOT_LISTED) from error


def id_of(request: web.Request) -> int:
    """The id in the page's address: the route allows only numbers."""
    return int(request.match_info["id"])


def own_page(path: str) -> str:
    """The path if it is one of our pages, else empty."""
    return path if OWN_PAGE.fullmatch(path) else ""


def entry_number(query: Mapping[str, str], field: str) -> int | None:
    """The id in the page's address; None when it cannot be one."""
    typed = query.get(field, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
