"""Everything about one person as one file: for themselves at any time, for admins with a reason that they see."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from aiohttp import web

from server.errors import InvalidInput
from server.i18n.catalog import language_of
from server.people.rules.people import Person
from server.privacy.actions.exporting import note_export
from server.privacy.pages.person_data import person_data_page
from server.privacy.queries.archive import PersonArchive, Section, read_archive
from server.web.access import visitor_of
from server.web.csv_file import SEPARATORS, sheet
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS, TEMPLATES


async def own(request: web.Request) -> web.Response:
    return _download(request, await _read(request, visitor_of(request).person.id))


async def export(request: web.Request) -> web.Response:
    reason, person_id = text(await request.post(), "reason"), id_of(request)
    # Read before it is noted: what can fail comes first.
    archive = await _read(request, person_id)
    try:
        await note_export(request.app[DATABASE], visitor_of(request), person_id, reason, request.app[CLOCK]())
    except InvalidInput as problem:
        return await person_data_page(request, problem, reason)
    return _download(request, archive)


async def _read(request: web.Request, person_id: int) -> PersonArchive:
    app, settings = request.app, request.app[SETTINGS]
    return await read_archive(app[DATABASE], person_id, settings.base_url, settings.mail_from, app[CLOCK]())


def _download(request: web.Request, archive: PersonArchive) -> web.Response:
    now = request.app[CLOCK]()
    return web.Response(
        body=_zipped(_files(request, archive, now), now),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="fireside-data.zip"'},
    )


def _files(request: web.Request, archive: PersonArchive, now: datetime) -> Mapping[str, bytes]:
    """The files of the archive by their names, in the person's own language and zone."""
    person = archive.person
    separator = SEPARATORS[language_of(person.language).list_separator]
    return {
        "index.html": _readable(request, archive, now),
        "data.json": _as_json(archive, now),
        "catch-ups.ics": archive.calendar,
        **{f"tables/{section.place.table}.csv": _as_csv(section, separator) for section in archive.sections},
    }


def _readable(request: web.Request, archive: PersonArchive, now: datetime) -> bytes:
    template = request.app[TEMPLATES].get_template("privacy/archive.html")
    person: Person = archive.person
    page = template.render(archive=archive, language=language_of(person.language), zone=person.zone, now=now)
    return page.encode(errors="replace")


def _as_json(archive: PersonArchive, now: datetime) -> bytes:
    data = {
        "made_at": now,
        "names": archive.names,
        "tables": {section.place.table: section.rows for section in archive.sections},
        "wordings": archive.wordings,
        "looks": [asdict(look) for look in archive.looks],
    }
    return json.dumps(data, ensure_ascii=False, indent=2, default=_json_of).encode(errors="replace")


def _json_of(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _as_csv(section: Section, separator: str) -> bytes:
    columns = section.place.exported
    return sheet(columns, ([_cell(row[name]) for name in columns] for row in section.rows), separator)


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _zipped(files: Mapping[str, bytes], now: datetime) -> bytes:
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:
        for name, content in files.items():
            file = ZipInfo(name, now.timetuple()[:6])
            file.external_attr = 0o600 << 16
            archive.writestr(file, content, ZIP_DEFLATED)
    return written.getvalue()
