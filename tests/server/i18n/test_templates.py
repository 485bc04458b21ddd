"""Templates of texts and times, in HTML and in plain text. tests/server/web/test_rendering.py has more for pages."""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError

from server.i18n.catalog import LANGUAGES
from server.i18n.templates import make_environment

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def rendered(template: str, html: bool, language: str = "en", **context: object) -> str:
    return make_environment(html=html).from_string(template).render(language=LANGUAGES[language], now=NOW, **context)


def test_in_html_what_is_put_in_is_escaped_and_in_text_it_stands_as_it_is() -> None:
    template = '{{ _("Hello, %(name)s", name=name) }}'
    assert rendered(template, html=True, name="<Sam>") == "Hello, &lt;Sam&gt;"
    assert rendered(template, html=False, name="<Sam>") == "Hello, <Sam>"


def test_both_say_times_and_texts_in_the_readers_language() -> None:
    template = '{{ NOW|day("Europe/London") }} {{ ngettext("%(count)s minute", "%(count)s minutes", 2, count=2) }}'
    for html in (True, False):
        assert rendered(template, html, "de", NOW=NOW) == "Montag, 23. November 2 Minuten"


def test_numbers_are_written_as_the_language_does() -> None:
    template = '{{ 10000|number }} {{ ngettext("%(count)s minute", "%(count)s minutes", 2, count=1234) }}'
    for html in (True, False):
        assert rendered(template, html, "en") == "10,000 1,234 minutes"
        assert rendered(template, html, "de") == "10.000 1.234 Minuten"


def test_a_name_that_nobody_gives_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ nobody }}", html=False)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files with nothing in it, and a template."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (templates := tmp_path / "templates").mkdir()
    (templates / "page.html").write_text("1 {{ given }}")
    return templates


def test_a_template_is_compiled_once_for_all_processes(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    compiles = Environment.compile
    monkeypatch.setattr(Environment, "compile", lambda *given, **named: compiled.append(1) or compiles(*given, **named))
    for _ in range(2):
        assert make_environment(temporary).get_template("page.html").render(given="<") == "1 &lt;"
    assert make_environment(temporary, html=False).get_template("page.html").render(given="<") == "1 <"
    assert len(compiled) == 2
    (temporary / "page.html").write_text("2 {{ given }}")
    assert make_environment(temporary).get_template("page.html").render(given=1) == "2 1"


def test_pages_come_where_nothing_can_be_kept(temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = make_environment(temporary)
    [kept] = tmp_path.glob("_jinja2*")
    shutil.rmtree(kept)
    assert environment.get_template("page.html").render(given=1) == "1 1"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    assert make_environment(temporary).get_template("page.html").render(given=1) == "1 1"
