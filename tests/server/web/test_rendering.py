"""Rendered texts and times, in the reader's language and zone."""

from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import make_mocked_request

from server.app import make_app
from server.config import read_settings
from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.web.rendering import language_for, make_templates

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def rendered(template, language="en", **context):
    environment = make_templates(read_settings({}))
    return environment.from_string(template).render(language=LANGUAGES[language], now=NOW, **context)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Tuesday 24 November, 15:00 London time"),
        ("de", "Dienstag, 24. November, 15:00 Ortszeit London"),
        ("ar", "الثلاثاء، 24 نوفمبر، 3:00\N{NO-BREAK SPACE}م توقيت لندن"),
    ],
)
def test_a_moment_in_each_language(language, expected):
    time = datetime(2026, 11, 24, 15, tzinfo=UTC)
    template = "{{ time|moment(zone) }} {{ zone|zone_name }}"
    assert rendered(template, language, time=time, zone="Europe/London") == expected


def test_texts_have_their_values_escaped_and_their_own_markup_kept():
    template = '{{ _("Hello, %(name)s", name=name) }} {% trans %}<strong>Phone</strong>, no screen needed{% endtrans %}'
    assert rendered(template, name="<Sam>") == "Hello, &lt;Sam&gt; <strong>Phone</strong>, no screen needed"


def test_a_refusal_is_said_with_its_values():
    problem = InvalidInput(
        "note", "Please shorten the note to %(limit)s characters; it has %(length)s.", limit=2000, length=1
    )
    assert rendered("{{ problem|say }}", problem=problem) == "Please shorten the note to 2,000 characters; it has 1."


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("", None),
        ("help@example.org", '<a href="mailto:help@example.org" dir="ltr">help@example.org</a>'),
        ("https://example.org/help", '<a href="https://example.org/help" rel='),
    ],
)
def test_where_the_scheme_is_reached_stands_on_every_page_where_it_is_set(contact, link):
    templates = make_templates(read_settings({"FIRESIDE_CONTACT": contact}))
    text = templates.get_template("people/welcome.html").render(
        visitor=None, language=LANGUAGES["en"], now=NOW, here=None, schemes=()
    )
    assert ("Contact the scheme:" in text) == bool(link)
    assert link is None or link in text


async def test_pages_are_in_the_visitors_language(site, pair, mentor):
    async with site.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE people SET language = 'ar' WHERE id = ?", (pair.maya.id,))
    await mentor.get("/home")
    assert '<html lang="ar" dir="rtl">' in mentor.text


async def test_a_stranger_whose_browser_asks_for_none_of_ours_gets_the_scheme_s(tmp_path):
    settings = read_settings({"FIRESIDE_LANGUAGE": "de"}, given={"data": str(tmp_path)})
    app = make_app(settings)
    for accepted, spoken in (("fr", "de"), ("ar, fr", "ar")):
        request = make_mocked_request("GET", "/", headers={"Accept-Language": accepted}, app=app)
        assert language_for(request).code == spoken


async def test_a_strangers_page_is_in_the_language_that_their_browser_asks_for(site, nobody):
    nobody.session.headers["Accept-Language"] = "fr, de-AT;q=0.9, en;q=0.8"
    await nobody.get("/")
    assert '<html lang="de" dir="ltr">' in nobody.text
