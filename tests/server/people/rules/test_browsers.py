"""Browsers by their rough names."""

import pytest

from server.people.rules.browsers import UNKNOWN, BrowserName, browser_name

LIKE = "(KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        (
            f"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 {LIKE} Chrome/140 Safari/537.36 Edg/140",
            ("Edge", "Windows"),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 {LIKE} Chrome/140 Mobile Safari/537",
            ("Chrome", "Android"),
        ),
        (f"Mozilla/5.0 (Linux; Android 15) {LIKE} SamsungBrowser/28 Chrome/130", ("Samsung Internet", "Android")),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {LIKE} Version/18 Safari/604", ("Safari", "iPhone")),
        (f"Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) {LIKE} CriOS/140 Safari/604", ("Chrome", "iPad")),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) {LIKE} FxiOS/140 Safari/604", ("Firefox", "iPhone")),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {LIKE} Version/18 Safari/605", ("Safari", "Mac")),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {LIKE} Chrome/140 Safari/537", ("Chrome", "ChromeOS")),
        (f"Mozilla/5.0 (Windows NT 10.0) {LIKE} Chrome/140 Safari/537 OPR/120", ("Opera", "Windows")),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)
def test_what_it_is_called(user_agent: str, name: tuple[str, str]) -> None:
    assert browser_name(user_agent) == BrowserName(*name)


def test_a_name_fits_where_it_is_kept() -> None:
    assert browser_name("x" * 10_000) == UNKNOWN
