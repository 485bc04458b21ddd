"""The passive DTLS side over memory: flights in datagrams, the certificate compared, alerts understood."""

import contextlib
import weakref

import pytest
from OpenSSL import SSL

from signaling.relay.transport.aiortc_parts import PROFILES, Certificate
from signaling.relay.transport.dtls import MTU, Dtls, DtlsFailed, split_records

OURS, THEIRS = Certificate(), Certificate()


def client(certificate: Certificate = THEIRS) -> SSL.Connection:
    connection = SSL.Connection(certificate.context())
    connection.set_connect_state()
    connection.set_ciphertext_mtu(1200)
    return connection


def named(certificate: Certificate) -> list[tuple[str, str]]:
    algorithm, value = certificate.fingerprint().split()
    return [(algorithm, value)]


def shake(server: Dtls, browser: SSL.Connection) -> None:
    for _ in range(6):
        with contextlib.suppress(SSL.WantReadError):
            browser.do_handshake()
        with contextlib.suppress(SSL.WantReadError):
            server.receive(browser.bio_read(65536))
        for datagram in server.outgoing():
            assert len(datagram) <= MTU
            browser.bio_write(datagram)


def test_a_handshake_gives_both_sides_the_same_keys() -> None:
    server, browser = Dtls(OURS.context(), named(THEIRS)), client()
    shake(server, browser)
    assert server.complete
    profile, reading, writing = server.keys()
    assert PROFILES[browser.get_selected_srtp_profile()] == profile
    material = browser.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (profile.key + profile.salt))
    assert profile.master(material, server=False) == reading
    assert profile.master(material, server=True) == writing
    assert reading != writing


def test_every_known_fingerprint_must_match() -> None:
    server = Dtls(OURS.context(), named(THEIRS) + named(OURS))
    with pytest.raises(DtlsFailed):
        shake(server, client())
    assert not server.complete


def test_an_unknown_algorithm_beside_a_right_one_is_passed_over() -> None:
    server = Dtls(OURS.context(), [("md5", "00"), *named(THEIRS)])
    shake(server, client())
    assert server.complete


def test_the_clock_runs_only_during_the_handshake() -> None:
    server, browser = Dtls(OURS.context(), named(THEIRS)), client()
    assert server.timeout() is None
    with pytest.raises(SSL.WantReadError):
        browser.do_handshake()
    server.receive(browser.bio_read(65536))
    left = server.timeout()
    assert left is not None
    assert 0 < left <= 1.0
    assert server.outgoing()
    server.expire()
    assert server.outgoing() == []


def test_close_notify_is_the_end() -> None:
    server, browser = Dtls(OURS.context(), named(THEIRS)), client()
    shake(server, browser)
    browser.shutdown()
    with pytest.raises(DtlsFailed):
        server.receive(browser.bio_read(2048))


def test_we_close_with_an_alert_once_connected() -> None:
    server, browser = Dtls(OURS.context(), named(THEIRS)), client()
    server.close()
    assert server.outgoing() == []
    shake(server, browser)
    server.close()
    browser.bio_write(server.outgoing()[0])
    with pytest.raises(SSL.ZeroReturnError):
        browser.recv(100)


def test_junk_after_the_handshake_harms_nothing() -> None:
    server, browser = Dtls(OURS.context(), named(THEIRS)), client()
    shake(server, browser)
    for junk in (b"\x16", b"\x15\xfe\xfd" + bytes(9) + b"\2\2\x28", b"\x17" * 900):
        server.receive(junk)
    browser.shutdown()
    with pytest.raises(DtlsFailed):
        server.receive(browser.bio_read(2048))


def test_a_released_association_keeps_no_connection() -> None:
    server, browser = Dtls(OURS.context(), named(THEIRS)), client()
    server.release()
    shake(server, browser)
    assert server.complete, "before the handshake there is nothing to release"
    kept = weakref.ref(server._ssl)
    server.release()
    server.release()
    assert kept() is None
    assert server.timeout() is None
    server.expire()
    assert server.outgoing() == []
    with pytest.raises(DtlsFailed):
        server.keys()


def test_a_cipher_that_is_not_known_is_left_to_openssl() -> None:
    context = THEIRS.context()
    context.set_cipher_list(b"ECDHE-ECDSA-AES128-SHA")
    server, browser = Dtls(OURS.context(), named(THEIRS)), SSL.Connection(context)
    browser.set_connect_state()
    browser.set_ciphertext_mtu(1200)
    shake(server, browser)
    server.release()
    browser.shutdown()
    with pytest.raises(DtlsFailed):
        server.receive(browser.bio_read(2048))


def test_flights_are_cut_between_records() -> None:
    def record(size: int) -> bytes:
        return bytes([22, 0xFE, 0xFD]) + bytes(8) + size.to_bytes(2, "big") + bytes(size)

    first, second, third = record(700), record(600), record(300)
    assert split_records(first + second + third) == [first, second + third]
    assert split_records(first) == [first]
