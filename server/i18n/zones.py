"""The time zones to choose from, by region and city, in each language."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

from server.i18n.catalog import Language, language_of
from server.i18n.dates import city
from server.i18n.texts import N_

REGIONS = {
    "Africa": N_("Africa"),
    "America": N_("America"),
    "Antarctica": N_("Antarctica"),
    "Arctic": N_("Arctic"),
    "Asia": N_("Asia"),
    "Atlantic": N_("Atlantic"),
    "Australia": N_("Australia"),
    "Europe": N_("Europe"),
    "Indian": N_("Indian Ocean"),
    "Pacific": N_("Pacific"),
}
Cities = tuple[tuple[str, str], ...]


def zones_of(language: Language) -> Mapping[str, Cities]:
    """The zones of each region with their cities' names; regions and cities in the language, sorted."""
    return _zones(language.code)


def is_zone(name: str) -> bool:
    """Whether this is the name of a zone, listed or not, that is the same on every machine."""
    return name == "UTC" or ("/" in name and name in _names())


def country_of(zone: str) -> str | None:
    """The country that most of the zone's people live in, such as SE; None where that cannot be said."""
    aliases: Mapping[str, str] = get_global("zone_aliases")
    countries: Mapping[str, str] = get_global("zone_territories")
    country = countries.get(aliases.get(zone, zone), "")
    return country if len(country) == 2 and country.isalpha() and country != "ZZ" else None


@cache
def _names() -> frozenset[str]:
    """Read once, because it reads a folder of many files."""
    return frozenset(available_timezones())


@cache
def _zones(code: str) -> Mapping[str, Cities]:
    language = language_of(code)
    earlier: Mapping[str, str] = get_global("zone_aliases")
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for zone in _names():
        region = zone.partition("/")[0]
        if region in REGIONS and zone not in earlier:
            found[language.gettext(REGIONS[region])].append((zone, city(zone, language)))
    return {region: tuple(sorted(found[region], key=lambda zone: zone[1])) for region in sorted(found)}
