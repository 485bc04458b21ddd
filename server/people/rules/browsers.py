"""The rough name of a browser, by which people know where they are signed in."""

from collections.abc import Mapping
from dataclasses import dataclass

# What a User-Agent header contains, and what that is called; the first that fits counts, because browsers also name
# those that they descend from.
BROWSERS: Mapping[str, str] = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
SYSTEMS: Mapping[str, str] = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class BrowserName:
    """A browser and the system that it runs on; each is empty when it is not known."""

    browser: str
    system: str


UNKNOWN = BrowserName("", "")


def browser_name(user_agent: str) -> BrowserName:
    return BrowserName(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))


def _first(names: Mapping[str, str], user_agent: str) -> str:
    return next((name for part, name in names.items() if part in user_agent), "")
