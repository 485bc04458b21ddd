"""The database's URL: as people write it, and as the engine needs it."""

import pytest

from server.db.url import parse_database_url, password_of, shown_database_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite+aiosqlite:////data/f.sqlite3", "sqlite+aiosqlite:////data/f.sqlite3"),
        ("sqlite:///f.sqlite3", "sqlite+aiosqlite:///f.sqlite3"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgres://u:p@h:5433/d", "postgresql+asyncpg://u:p@h:5433/d"),
        ("postgresql://u@[::1]/d?sslmode=require", "postgresql+asyncpg://u@[::1]/d?ssl=require"),
        ("postgresql://u:p%2F%23%40@h/d?ssl=verify-full", "postgresql+asyncpg://u:p%2F%23%40@h/d?ssl=verify-full"),
        ("postgresql://u:a/b#c@h/d", "postgresql+asyncpg://u:a%2Fb%23c@h/d"),
    ],
)
def test_it_is_read_as_people_write_it(text: str, url: str) -> None:
    assert parse_database_url(text) == url
    assert parse_database_url(url) == url


@pytest.mark.parametrize(
    "text",
    [
        "mysql://u:s3cret@h/d",
        "postgresql://u:s3cret@h",
        "postgresql:///d",
        "sqlite:///",
        "sqlite://h/f",
        "postgresql://u:s3cret@h/d?sslmode=maybe",
        "postgresql://u:s3cret@h/d?sslkey=k",
        "postgresql://u:s3cret@h:port/d",
        "s3cret",
    ],
)
def test_any_other_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(no database URL|an option that is not known)$") as refusal:
        parse_database_url(text)
    assert refusal.value.__cause__ is None


def test_it_is_shown_without_its_password() -> None:
    assert shown_database_url("sqlite+aiosqlite:////data/f") == "/data/f"
    assert shown_database_url("postgresql+asyncpg://u:p%2Fq@h/d") == "postgresql+asyncpg://u:***@h/d"
    assert (password_of("postgresql+asyncpg://u:p%2Fq@h/d"), password_of("sqlite+aiosqlite:////f")) == ("p/q", "")
