"""Personal links: 256 random bits, of which only the hash is kept."""

from datetime import UTC, datetime, timedelta

from server.people.rules.links import LASTS, Link, Purpose, csrf_of, new_secret, secret_hash

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def a_link(revoked_at: datetime | None = None) -> Link:
    return Link(1, 1, Purpose.HOME, None, "/home", NOW + timedelta(days=1), None, revoked_at)


def test_a_secret_is_all_of_the_256_random_bits() -> None:
    secrets = {new_secret(lambda size, n=n: bytes([n]) * size) for n in range(256)}
    assert len(secrets) == 256
    assert {len(secret) for secret in secrets} == {43}


def test_a_link_opens_until_it_expires_or_is_revoked() -> None:
    assert a_link().opens(NOW)
    assert not a_link().opens(NOW + timedelta(days=1))
    assert not a_link(revoked_at=NOW).opens(NOW)


def test_the_form_field_is_neither_the_token_nor_its_hash() -> None:
    assert csrf_of("token") not in ("token", secret_hash("token"))


def test_each_purpose_has_its_life() -> None:
    assert set(LASTS) == set(Purpose)
