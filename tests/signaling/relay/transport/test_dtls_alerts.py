"""The closing alerts without OpenSSL's connection: real clients understand ours, and we understand only theirs."""

import pytest
from OpenSSL import SSL

from signaling.relay.transport.dtls import Dtls, DtlsFailed
from signaling.relay.transport.dtls_alerts import CIPHERS, DtlsAlerts
from tests.signaling.relay.transport.test_dtls import OURS, THEIRS, named, shake


@pytest.fixture(params=list(CIPHERS))
def ends(request: pytest.FixtureRequest) -> tuple[Dtls, SSL.Connection]:
    """A released server and its client, with each cipher."""
    context = THEIRS.context()
    context.set_cipher_list(request.param.encode())
    server, browser = Dtls(OURS.context(), named(THEIRS)), SSL.Connection(context)
    browser.set_connect_state()
    browser.set_ciphertext_mtu(1200)
    shake(server, browser)
    assert browser.get_cipher_name() == request.param
    server.release()
    assert server._ssl is None
    return server, browser


def test_close_notify_of_a_real_client_is_the_end(ends: tuple[Dtls, SSL.Connection]) -> None:
    server, browser = ends
    browser.shutdown()
    with pytest.raises(DtlsFailed, match="closed"):
        server.receive(browser.bio_read(2048))


def test_a_real_client_understands_our_close_notify(ends: tuple[Dtls, SSL.Connection]) -> None:
    server, browser = ends
    server.close()
    [record] = server.outgoing()
    assert server.outgoing() == []
    browser.bio_write(record)
    with pytest.raises(SSL.ZeroReturnError):
        browser.recv(100)


def test_nothing_forged_replayed_from_us_or_cut_ends_it(ends: tuple[Dtls, SSL.Connection]) -> None:
    server, browser = ends
    browser.shutdown()
    real = browser.bio_read(2048)
    server.close()
    [ours] = server.outgoing()
    for at in range(len(real)):
        forged = bytearray(real)
        forged[at] ^= 1
        server.receive(bytes(forged))
    for cut in range(len(real)):
        server.receive(real[:cut])
    for junk in (ours, b"", b"\x16", b"\x15\xfe\xfd" + bytes(9) + b"\2\2\x28", b"\x17" * 900, b"\x15" * 900):
        server.receive(junk)
    # Behind a record that says nothing it still counts.
    with pytest.raises(DtlsFailed):
        server.receive(b"\x16\xfe\xfd" + bytes(8) + b"\0\1x" + real)


def test_what_was_said_in_the_open_is_not_understood(ends: tuple[Dtls, SSL.Connection]) -> None:
    """Application data of the client is no alert."""
    server, browser = ends
    browser.send(b"hello")
    server.receive(browser.bio_read(2048))


def test_an_unfinished_connection_has_no_alerts() -> None:
    assert DtlsAlerts.of(SSL.Connection(OURS.context())) is None
