"""A guest's link: nothing but the server's secret and the seat's key makes it."""

from server.guests.rules.links import guest_token, opens, seat_of_token

SECRET = bytes(32)


def test_a_token_opens_its_own_seat_only():
    token = guest_token(SECRET, 7, "key")
    assert seat_of_token(token) == 7
    assert opens(token, SECRET, 7, "key")
    assert not opens(token, SECRET, 7, "other")
    assert not opens(token, SECRET, 8, "key")
    assert not opens(token, bytes([1] * 32), 7, "key")
    assert not opens(token + "x", SECRET, 7, "key")


def test_nothing_opens_a_seat_whose_key_is_gone():
    assert not opens(guest_token(SECRET, 7, ""), SECRET, 7, "")


def test_what_is_no_token():
    assert [seat_of_token(each) for each in ("", "x.y", "1234567890.y", "²")] == [None] * 4
