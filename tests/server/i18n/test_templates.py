"""Templates of texts and times, in HTML and in plain text. tests/server/web/test_rendering.py has more for pages."""

from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

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


def test_a_name_that_nobody_gives_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ nobody }}", html=False)
