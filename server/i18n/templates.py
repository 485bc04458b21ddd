"""What every template can use, in pages and emails: texts and times in the reader's language."""

from contextlib import suppress
from datetime import date, datetime, time
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup

from server.i18n import dates
from server.i18n.catalog import Language, language_of
from server.i18n.linked import contact_link, linked
from server.i18n.texts import Translatable
from server.resources import resource_folder

TEMPLATE_FOLDER = resource_folder("templates")


def make_environment(folder: Path = TEMPLATE_FOLDER, *, html: bool = True) -> Environment:
    """Templates that are rendered with a `language` and the present time as `now`.

    A name without a value is an error, not an empty string. In HTML, values are escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=html,  # noqa: S701 plain text needs none
        undefined=StrictUndefined,
        # As the static files, they are read once.
        auto_reload=False,
        bytecode_cache=_compiled("html" if html else "text"),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    # Given by the extension, which no type stub knows.
    install = environment.install_gettext_callables  # type: ignore[attr-defined] # see above
    text, counted = (_html_text, _html_ngettext) if html else (_plain_text, _plain_ngettext)
    install(text, counted, newstyle=True)
    # The extension wraps them in three calls for each text.
    environment.globals.update(gettext=text, _=text, ngettext=counted)
    filters = (
        say,
        day,
        iso_day,
        month,
        short_day,
        dated_weekday,
        weekday,
        clock,
        minute_clock,
        moment,
        wait,
        stamp,
        zone_name,
        language_name,
        linked,
        contact_link,
        number,
    )
    environment.filters.update({each.__name__: each for each in filters})
    return environment


class _CompiledTemplates(FileSystemBytecodeCache):
    """What a process of ours has compiled, for all that come after it.

    Jinja keeps it in a folder for temporary files that belongs to this user alone, with a checksum of the source.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        # A full disk must not keep a page back.
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled(kind: str) -> _CompiledTemplates | None:
    try:
        return _CompiledTemplates(pattern=f"fireside-{kind}-{version('jinja2')}-%s.cache")
    except (OSError, RuntimeError):
        # There is no such folder, or it is somebody else's.
        return None


@pass_context
def say(context: Context, text: Translatable) -> str:
    """A text from a rule, in the reader's language."""
    return _language(context).say(text.sentence, **text.values)


@pass_context
def day(context: Context, time: datetime, zone: str) -> str:
    return dates.day(time, zone, _language(context), context["now"])


@pass_context
def iso_day(context: Context, text: str) -> str:
    """A day that is written as ISO 8601 says."""
    return dates.iso_day(text, _language(context), context["now"])


@pass_context
def short_day(context: Context, of: date) -> str:
    return dates.short_day(of, _language(context))


@pass_context
def dated_weekday(context: Context, of: date) -> str:
    return dates.dated_weekday(of, _language(context))


@pass_context
def month(context: Context, time: datetime, zone: str) -> str:
    return dates.month(time, zone, _language(context))


@pass_context
def weekday(context: Context, number: int) -> str:
    """Its name; 0 is Monday."""
    return dates.weekday(number, _language(context))


@pass_context
def minute_clock(context: Context, minutes: int) -> str:
    """A time of day by its minutes from midnight."""
    return dates.time_of_day(time(*divmod(minutes % (24 * 60), 60)), _language(context))


@pass_context
def clock(context: Context, time: datetime, zone: str) -> str:
    return dates.clock(time, zone, _language(context))


@pass_context
def moment(context: Context, time: datetime, zone: str) -> str:
    return dates.moment(time, zone, _language(context), context["now"])


@pass_context
def wait(context: Context, until: datetime) -> str:
    return dates.wait(until, _language(context), context["now"])


@pass_context
def zone_name(context: Context, zone: str) -> str:
    return dates.zone_name(zone, _language(context))


@pass_context
def number(context: Context, count: int) -> str:
    """As it is written in the reader's language: 10,000 in English."""
    return _language(context).number(count)


def stamp(time: datetime) -> str:
    """The form for machines: 2026-11-24T15:00:00+00:00"""
    return time.isoformat()


def language_name(code: str) -> str:
    """The language's own name: Deutsch, for de."""
    return language_of(code).name


@pass_context
def _html_text(context: Context, text: str, **values: object) -> Markup:
    found = Markup(_language(context).gettext(text))  # noqa: S704 texts of ours are HTML; values are escaped
    return found % values if "%" in found else found


@pass_context
def _plain_text(context: Context, text: str, **values: object) -> str:
    return _language(context).gettext(text) % values


@pass_context
def _html_ngettext(context: Context, one: str, many: str, n: int, **values: object) -> Markup:
    """With its numbers as they are written in the reader's language."""
    language = _language(context)
    found = Markup(language.ngettext(one, many, n))  # noqa: S704 texts of ours are HTML; values are escaped
    return found % language.written(values)


@pass_context
def _plain_ngettext(context: Context, one: str, many: str, n: int, **values: object) -> str:
    language = _language(context)
    return language.ngettext(one, many, n) % language.written(values)


def _language(context: Context) -> Language:
    language: Language = context["language"]
    return language
