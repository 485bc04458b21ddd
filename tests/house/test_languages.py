"""Every text for people is in every language, and nothing is said to them past the catalogs."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from server.errors import DomainError, ForPrograms
from server.i18n.catalog import ENGLISH, LANGUAGES, read_catalog
from server.routes import ROUTES

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
TRANSLATED = [code for code in LANGUAGES if code != ENGLISH.code]
NAMES = {"Fireside"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make messages` finds in the source, the templates and the scripts."""
    found = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = ["extract", "-F", str(ROOT / "pyproject.toml"), "-k", "N_", "-o", str(found), str(ROOT)]
    CommandLineInterface().run(["pybabel", "-q", *command])
    with found.open("rb") as file:
        return read_po(file)


def ids(catalog: Catalog) -> set[str]:
    return {" / ".join(texts(message.id)) for message in catalog if message.id}


def texts(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def marks(text: str) -> list[str]:
    """Placeholders and tags. A count may be in the words of a form for one or two, so it is not asked for."""
    return sorted(set(re.findall(r"%\(\w+\)s|%%|</?\w+>", text)) - {"%(count)s"})


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_catalog_has_the_texts_of_the_source_and_no_others(code: str, source: Catalog) -> None:
    """`make messages` brings them up to date."""
    assert ids(read_catalog(code)) == ids(source)


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_text_is_translated_with_the_same_placeholders(code: str) -> None:
    catalog = read_catalog(code)

    def holds(message: Message) -> bool:
        forms = texts(message.string)
        whole = all(forms) and (not message.pluralizable or len(forms) == catalog.num_plurals)
        return whole and not message.fuzzy and all(marks(form) == marks(texts(message.id)[-1]) for form in forms)

    assert [message.id for message in catalog if message.id and not holds(message)] == []


def refusals(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(one for below in kind.__subclasses__() for one in refusals(below))]


def test_each_refusal_is_marked_to_be_translated(source: Catalog) -> None:
    assert ROUTES
    for_people = [kind for kind in refusals(DomainError) if not issubclass(kind, ForPrograms)]
    assert [kind for kind in for_people if kind.sentence not in ids(source)] == []


def test_the_makefile_names_each_catalog() -> None:
    named = re.search(r"^CATALOGS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert named is not None
    assert named[1].split() == TRANSLATED
    assert sorted(path.stem for path in (ROOT / "server/i18n").glob("*.po")) == sorted(TRANSLATED)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_a_word_past_the_catalogs(template: Path) -> None:
    text = template.read_text()
    drawn = (r"<svg.*?</svg>", r"<style.*?</style>")
    for aside in (r"\{#.*?#\}", r"\{% trans.*?endtrans %\}", r"\{%.*?%\}", r"\{\{.*?\}\}", *drawn):
        text = re.sub(aside, "", text, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]*)"', text)
    spoken.append(re.sub(r"<[^>]*>", "", text))
    assert set(re.findall(r"[A-Za-z]{2,}", " ".join(spoken))) - NAMES == set()


def test_no_script_hides_a_text_in_another() -> None:
    """Babel does not look into template literals."""
    scripts = (ROOT / "static/js").rglob("*.js")
    assert [path.name for path in scripts if re.search(r"\$\{[^}]*gettext\(", path.read_text())] == []


def test_styles_name_no_side() -> None:
    """Left and right are the other way round in Arabic."""
    sided = re.compile(r"(margin|padding|border)-(left|right)|text-align: (left|right)|[;{] ?(left|right):")
    sheets = (ROOT / "static/css").rglob("*.css")
    assert [path.name for path in sheets if sided.search(path.read_text())] == []
