"""Zones to choose from: each once, under its present name, in the reader's language."""

from zoneinfo import ZoneInfo

import pytest

from server.i18n.catalog import ENGLISH, LANGUAGES, language_of
from server.i18n.zones import is_zone, zones_of


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_each_zone_is_there_once_and_is_one(language):
    zones = [zone for cities in zones_of(language).values() for zone, _ in cities]
    assert len(zones) == len(set(zones)) > 400
    assert [zone for zone in zones if ZoneInfo(zone).key != zone or not is_zone(zone)] == []


def test_each_language_has_the_same_zones():
    found = [{zone for cities in zones_of(language).values() for zone, _ in cities} for language in LANGUAGES.values()]
    assert found[0] == found[1] == found[2]


def test_they_stand_by_region_and_city():
    assert ("Asia/Kolkata", "Kolkata") in zones_of(ENGLISH)["Asia"]
    assert ("America/Argentina/Rio_Gallegos", "Rio Gallegos") in zones_of(ENGLISH)["America"]
    assert ("Europe/Vienna", "Wien") in zones_of(language_of("de"))["Europa"]
    cities = [city for _, city in zones_of(ENGLISH)["Europe"]]
    assert cities == sorted(cities)


@pytest.mark.parametrize("name", ["", "Europe", "Europe/Atlantis", "../../etc/passwd", "localtime"])
def test_what_is_no_zone(name):
    assert not is_zone(name)
