"""The languages of the product. The source is in English; each other language has a catalog here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

FOLDER = Path(str(files("server.i18n")))


@dataclass(frozen=True, slots=True)
class Language:
    """`code` is a BCP 47 tag, `name` the language's own name, `locale` how it writes times and numbers.

    `list_separator` is what Excel expects between the columns of a CSV file where the language is spoken.
    """

    code: str
    direction: Literal["ltr", "rtl"]
    name: str
    locale: Locale
    list_separator: Literal["comma", "semicolon"]

    def gettext(self, text: str) -> str:
        return _translations(self.code).gettext(text)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The form for the number `n`; its placeholder is not filled in yet."""
        return _translations(self.code).ngettext(one, many, n)

    def say(self, sentence: str, **values: object) -> str:
        """The sentence with its %(placeholders)s filled in; numbers as this language writes them."""
        said = self.gettext(sentence)
        return said % self.written(values) if values else said

    def number(self, value: float) -> str:
        """As this language writes it: 10,000 in English."""
        return format_decimal(value, locale=self.locale)

    def written(self, values: Mapping[str, object]) -> dict[str, object]:
        """What is filled in, with its numbers as this language writes them."""
        return {name: self.number(value) if isinstance(value, int | float) else value for name, value in values.items()}

    def texts_of(self, *places: str) -> dict[str, str]:
        """The texts in these files or folders (static/js/call), for scripts to look up; empty in English."""
        return {
            str(message.id): str(message.string)
            for message in read_catalog(self.code)
            if message.id and any(file.startswith(places) for file, _ in message.locations)
        }


LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        "en": Language("en", "ltr", "English", Locale("en", "GB"), "comma"),
        "de": Language("de", "ltr", "Deutsch", Locale("de"), "semicolon"),
        "ar": Language("ar", "rtl", "العربية", Locale("ar"), "semicolon"),
    }
)
ENGLISH = LANGUAGES["en"]


def language_of(code: str) -> Language:
    """The language of a BCP 47 tag: German for de-AT. English when we do not have it."""
    return LANGUAGES.get(_primary(code), ENGLISH)


def best_of(accept_language: str) -> Language | None:
    """The one of our languages that the header Accept-Language prefers; None when it names none of them."""
    preferred = [
        (_quality(rest), _primary(tag)) for tag, _, rest in (one.partition(";") for one in accept_language.split(","))
    ]
    known = [(quality, tag) for quality, tag in preferred if tag in LANGUAGES and quality > 0]
    # max() keeps the first of equals: browsers list the preferred language first.
    return LANGUAGES[max(known, key=lambda one: one[0])[1]] if known else None


def catalog_file(code: str) -> Path:
    """Where the catalog is; English has none."""
    return FOLDER / f"{code}.po"


@cache
def read_catalog(code: str) -> Catalog:
    """The catalog's file, read; empty for English."""
    if code == ENGLISH.code:
        return Catalog(locale=code)
    with catalog_file(code).open("rb") as file:
        return read_po(file, locale=code)


@cache
def _translations(code: str) -> NullTranslations:
    if code == ENGLISH.code:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalog(code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _primary(tag: str) -> str:
    return tag.strip().lower().replace("_", "-").split("-")[0]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
