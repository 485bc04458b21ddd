"""HTML as text: the lines that one sees, and quotes marked as in plain text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mail.html_text import text_of_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello\n Sam,</p><p>see <b>you</b> soon.</p>", "Hello Sam,\n\nsee you soon."),
        ("one<br>two<br/>\n<br>four", "one\ntwo\n\nfour"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("<head><title>x</title><style>p{}</style></head><body>Hi<script>alert(1)</script></body>", "Hi"),
        ("<ul><li>bread<li>milk</ul>", "- bread\n- milk"),
        (
            "Yes.<blockquote><p>Can you?</p><blockquote>Older</blockquote></blockquote>",
            "Yes.\n> Can you?\n>\n> > Older",
        ),
        ("&lt;b&gt; &amp; &nbsp;&#1605;", "<b> & \xa0م"),
        ("<pre>a\n  b</pre>c", "a\n  b\nc"),
        ("<!DOCTYPE html><!-- no --><p dir=rtl>مرحبا</p>", "مرحبا"),
        ("2 < 3 and <nothing> <a href='x'>link", "2 < 3 and link"),
    ],
)
def test_it_shows_what_one_sees(html, text):
    assert "\n".join(line.rstrip() for line in text_of_html(html).splitlines()) == text


@given(st.text(alphabet="<>/!-&;p brdivlockquote\"'= \n", max_size=300) | st.text(max_size=300))
def test_any_text_is_read(html):
    assert isinstance(text_of_html(html), str)


@pytest.mark.parametrize("part", ["<!", "<!--", "<a ", "</", "&#", "<blockquote>", "<", "<a b='", "<p>", "<head>"])
def test_a_long_text_that_is_no_html_takes_no_long_time(part):
    """Python's own parser takes minutes for some of these."""
    started = time.process_time()
    text_of_html(part * 300_000)
    assert time.process_time() - started < 5
