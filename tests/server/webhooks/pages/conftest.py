"""Pages are tried by visitors of a running site."""

from tests.server.page_site import site
from tests.server.site import admin, coordinator, pair

__all__ = ["admin", "coordinator", "pair", "site"]
