from datetime import UTC, datetime

from server.calls.rules.turn import Turn

TURN = Turn(("turn:turn.example.org",), "a secret shared with coturn")


def test_the_credential_is_the_one_that_coturn_makes() -> None:
    """printf '1795435200:7' | openssl dgst -sha1 -hmac 'a secret shared with coturn' -binary | base64"""
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert TURN.credential("7", now) == ("1795435200:7", "oCuhOV5gX/rgmaEZPqO7oScOt8w=")


def test_another_person_time_or_secret_gives_another() -> None:
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    made = {TURN.credential("7", now)[1], TURN.credential("8", now)[1], TURN.credential("7", now.replace(second=1))[1]}
    assert len(made | {Turn(TURN.urls, "another").credential("7", now)[1]}) == 4
