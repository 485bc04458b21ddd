"""Strangers while calls are set up and while they run (S1, S2, S3): nothing is lost, changed or answered.

FIRESIDE_FAULTS=long sets up a thousand calls instead of a hundred.
"""

import logging
import os
import struct
from collections.abc import Callable

import pytest
from aioice import stun

from signaling.packet import Packet
from signaling.relay.events import BadOffer, PeerLost
from signaling.relay.transport import ice
from signaling.relay.transport import stun as ours
from tests.hostile.strangers import ALERT, COOKIE, STRANGER, bombard, carries, client_hello, snapshot
from tests.logs import own_records
from tests.signaling.relay.browser import Browser, Network

SET_UPS = 1000 if os.environ.get("FIRESIDE_FAULTS") == "long" else 100
GUESS = "guess"
TINY = [bytes([first]) * size for first in range(256) for size in range(1, 31)] + [b""]
STAGES: dict[str, Callable[[Network, Browser], None]] = {}


def stage(name: str) -> Callable[[Callable[[Network, Browser], None]], Callable[[Network, Browser], None]]:
    def note(reach: Callable[[Network, Browser], None]) -> Callable[[Network, Browser], None]:
        STAGES[name] = reach
        return reach

    return note


@stage("opened")
def _opened(network: Network, browser: Browser) -> None:
    network.open(browser)


@stage("checked")
def _checked(network: Network, browser: Browser) -> None:
    network.open(browser)
    network.send(browser, browser.check())


@stage("shaking hands")
def _shaking(network: Network, browser: Browser) -> None:
    _checked(network, browser)
    # The first flight alone: what the relay answers is kept back.
    for datagram in browser.handshake():
        network.relay.receive(Packet(datagram), browser.address, network.now)
    browser.kept = [bytes(sent) for sent, _ in network.relay.outgoing()]  # type: ignore[attr-defined]


@stage("connected")
def _connected(network: Network, browser: Browser) -> None:
    network.join(browser)


def finish(network: Network, browser: Browser, reached: str) -> None:
    """Go on from the stage to the end of the set-up."""
    if reached == "opened":
        network.send(browser, browser.check())
    if reached in ("opened", "checked"):
        network.send(browser, *browser.handshake())
    if reached == "shaking hands":
        for sent in browser.kept:  # type: ignore[attr-defined]
            network.send(browser, *browser.receive(sent))


@pytest.mark.parametrize("reached", STAGES)
@pytest.mark.parametrize("proven", [False, True], ids=["stranger", "proven address"])
def test_tiny_datagrams_end_no_session(
    network: Network, reached: str, proven: bool, caplog: pytest.LogCaptureFixture
) -> None:
    browser, other = Browser("ann", port=40001), network.join(Browser("bob", port=40002))
    STAGES[reached](network, browser)
    before = snapshot(network)
    with caplog.at_level(logging.DEBUG):
        answered = bombard(network, *TINY, source=browser.address if proven else STRANGER)
    assert answered == 0
    assert snapshot(network) == before
    assert own_records(caplog) == []
    finish(network, browser, reached)
    assert browser.connected
    network.pair(browser, other)
    assert carries(network, browser, other, 1)


def flood() -> list[bytes]:
    return [client_hello(), client_hello(null_suite=True), ALERT, b"", ALERT[:13], client_hello()[:60]]


def test_strangers_dtls_hinders_no_set_up(network: Network) -> None:
    """Between every two datagrams of every set-up comes the whole flood, from elsewhere."""
    hostile, answered, receive = flood(), 0, network.relay.receive

    def besieged(packet: Packet, source: ice.Address, now: float) -> None:
        nonlocal answered
        kept = network.relay.outgoing()
        answered += bombard_with(receive, hostile)
        network.relay._outgoing.extend(kept)
        receive(packet, source, now)

    def bombard_with(deliver: Callable[[Packet, ice.Address, float], None], datagrams: list[bytes]) -> int:
        for datagram in datagrams:
            deliver(Packet(datagram), STRANGER, network.now)
        return sum(len(sent) for sent, _ in network.relay.outgoing())

    network.relay.receive = besieged  # type: ignore[method-assign]
    connected = 0
    for number in range(SET_UPS):
        browser = network.join(Browser(f"p{number}", port=20_000 + number))
        connected += browser.connected
        network.relay.close_peer(browser.name)
        network.pump()
    print(f"{connected} of {SET_UPS} set-ups connected under a flood, {answered} bytes answered")
    assert (connected, answered) == (SET_UPS, 0)


def test_without_the_guard_on_addresses_the_flood_ends_set_ups(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: were any address as good as a proven one, one ClientHello would do."""
    browser = Browser("ann", port=40001)
    STAGES["checked"](network, browser)
    victim = network.relay._peers["ann"]
    monkeypatch.setattr(network.relay._table, "by_address", type("Anyone", (dict,), {"get": lambda *_: victim})())
    bombard(network, client_hello())
    network.send(browser, *browser.handshake())
    assert not browser.connected


def test_a_browser_that_wants_to_be_the_server_is_refused(network: Network) -> None:
    for role in ("passive", "holdconn"):
        browser = Browser("ann")
        browser.offer = browser.offer.replace("a=setup:actpass", f"a=setup:{role}")
        with pytest.raises(BadOffer, match="active DTLS role"):
            network.open(browser)


def test_after_the_handshake_plaintext_from_the_right_address_ends_nothing(network: Network) -> None:
    browser, other = network.join(Browser("ann", port=40001)), network.join(Browser("bob", port=40002))
    network.pair(browser, other)
    assert bombard(network, *flood() * 20, source=browser.address) == 0
    network.pump()
    assert not network.happened[2:]
    assert carries(network, browser, other, 1)


@pytest.mark.parametrize(
    "spoofed", flood(), ids=("hello", "null suite", "alert", "nothing", "half an alert", "half a hello")
)
def test_plaintext_from_the_right_address_does_not_end_a_handshake_that_has_begun(
    network: Network, spoofed: bytes
) -> None:
    browser = Browser("ann", port=40001)
    STAGES["shaking hands"](network, browser)
    bombard(network, spoofed, source=browser.address)
    finish(network, browser, "shaking hands")
    assert browser.connected
    assert not [event for event in network.happened if isinstance(event, PeerLost)]


def test_who_sits_on_the_path_and_is_first_can_stop_a_handshake_but_not_take_it(network: Network) -> None:
    """From the very address that just proved itself, before the browser's own ClientHello: as with every DTLS server.
    No key is ever agreed with the wrong certificate, and the page enters again under another ufrag."""
    browser = Browser("ann", port=40001)
    STAGES["checked"](network, browser)
    bombard(network, client_hello(), source=browser.address)
    network.send(browser, *browser.handshake())
    assert not browser.connected
    assert network.relay._peers["ann"].srtp is None
    network.relay.close_peer("ann")
    assert network.join(Browser("ann again", port=40001)).connected


def signed(network: Network, browser: Browser) -> bytes:
    network.open(browser)
    return browser.check()


def unsigned(browser: Browser) -> bytes:
    name = f"{browser.credentials()[0]}:abcd"
    return bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": name, "PRIORITY": 1}))


def checks(right: bytes, browser: Browser, other: Browser) -> dict[str, bytes]:
    """Binding requests that must be neither accepted nor answered."""
    swapped = right.replace(browser.credentials()[0].encode(), other.credentials()[0].encode())
    return {
        "20 bytes": right[:2] + b"\0\0" + right[4:20],
        "no signature": unsigned(browser),
        "a guess": browser.check(password=GUESS),
        "another's password": browser.check(password=other.credentials()[1]),
        "another's name": swapped,
        "cut within the signature": right[:-20],
        "altered behind the signature": right[:-4] + bytes(4),
        "altered under it": right[:30] + bytes([right[30] ^ 1]) + right[31:],
        "one more attribute": right[:2] + struct.pack("!H", len(right) - 12) + right[4:] + b"\x80\x22\0\4name",
        "a response": b"\1\1" + right[2:],
        "an indication": b"\0\x11" + right[2:],
        "an attribute with a lie for a length": b"\0\1\0\x08" + COOKIE + bytes(12) + b"\0\x06\xff\xff" + bytes(4),
        "an address of no family": b"\0\1\0\x0c" + COOKIE + bytes(12) + struct.pack("!HH", 0x20, 8) + bytes(8),
        "an error code of one byte": b"\0\1\0\x08" + COOKIE + bytes(12) + struct.pack("!HH", 9, 1) + bytes(4),
    }


def test_checks_that_are_not_authentic_are_neither_taken_nor_answered(network: Network) -> None:
    browser, other = Browser("ann", port=40001), network.join(Browser("bob", port=40002))
    bad = checks(signed(network, browser), browser, other)
    before = snapshot(network)
    for name, datagram in bad.items():
        assert bombard(network, datagram) == 0, name
        assert snapshot(network) == before, name


def test_an_overheard_check_does_not_move_the_leg(network: Network) -> None:
    browser = Browser("ann", port=40001)
    check = signed(network, browser)
    network.send(browser, check)
    before = snapshot(network)
    assert bombard(network, check) == 0
    assert snapshot(network) == before


def test_without_the_guards_on_checks_strangers_are_answered(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two tests above can fail."""
    browser = Browser("ann", port=40001)
    check = signed(network, browser)
    network.send(browser, check)
    with monkeypatch.context() as without:
        without.setattr(ice.IceAgent, "_is_replayed", lambda *_: False)
        assert bombard(network, check) > 0
    with monkeypatch.context() as without:
        without.setattr(ours, "is_authentic", lambda *_: True)
        assert bombard(network, browser.check(password=GUESS), source=("udp", "203.0.113.67", 1)) > 0
