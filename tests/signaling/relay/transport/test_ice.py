"""The lite agent: what a check proves, and what it may move."""

import os

from aioice import stun as wire

from signaling.relay.transport import stun
from signaling.relay.transport.ice import MAX_ADDRESSES, MAX_CHECKS, Address, IceAgent

HOME: Address = ("udp", "192.0.2.1", 1000)
CAFE: Address = ("udp", "192.0.2.2", 2000)


def check(agent: IceAgent, **attributes: object) -> wire.Message:
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    message = wire.Message(
        wire.Method.BINDING, wire.Class.REQUEST, attributes={"USERNAME": f"{agent.ufrag}:x", **named}
    )
    message.add_message_integrity(agent.password.encode())
    parsed = stun.parse_request(bytes(message))
    assert parsed
    return parsed


def test_the_first_check_selects() -> None:
    agent = IceAgent(os.urandom, 0.0)
    assert agent.receive_check(check(agent, ICE_CONTROLLING=1), HOME, 5.0)
    assert agent.selected == HOME
    assert agent.expires() == 35.0


def test_a_nomination_moves_and_a_plain_check_does_not() -> None:
    agent = IceAgent(os.urandom, 0.0)
    agent.receive_check(check(agent), HOME, 1.0)
    agent.receive_check(check(agent), CAFE, 2.0)
    assert agent.selected == HOME
    agent.receive_check(check(agent, USE_CANDIDATE=None), CAFE, 3.0)
    assert agent.selected == CAFE


def test_media_from_another_proven_address_moves_but_a_straggler_does_not() -> None:
    agent = IceAgent(os.urandom, 0.0)
    agent.receive_check(check(agent), HOME, 1.0)
    agent.receive_check(check(agent), CAFE, 2.0)
    agent.follow_media(CAFE)
    assert agent.selected == CAFE
    agent.follow_media(HOME)
    assert agent.selected == CAFE
    agent.receive_check(check(agent), HOME, 3.0)
    assert agent.selected == CAFE
    agent.follow_media(HOME)
    assert agent.selected == HOME


def test_the_controlled_role_is_taken() -> None:
    agent = IceAgent(os.urandom, 0.0)
    answer = agent.receive_check(check(agent, ICE_CONTROLLED=0), HOME, 1.0)
    assert answer
    assert wire.parse_message(answer).error_code == 487
    assert agent.selected is None
    assert agent.expires() == 30.0


def test_another_password_proves_nothing() -> None:
    agent, other = IceAgent(os.urandom, 0.0), IceAgent(os.urandom, 0.0)
    assert agent.receive_check(check(other), HOME, 1.0) is None
    assert agent.proven == {}


def test_an_overheard_check_moves_nothing() -> None:
    agent = IceAgent(os.urandom, 0.0)
    overheard = check(agent, USE_CANDIDATE=None)
    assert agent.receive_check(overheard, HOME, 1.0)
    assert agent.receive_check(overheard, CAFE, 1.1) is None
    assert agent.receive_check(overheard, HOME, 1.2)
    assert list(agent.proven) == [HOME]


def test_remembered_checks_are_bounded() -> None:
    agent = IceAgent(os.urandom, 0.0)
    for _ in range(300):
        agent.receive_check(check(agent), HOME, 1.0)
    assert len(agent._checks) == MAX_CHECKS


def test_addresses_are_bounded_and_the_selected_one_stays() -> None:
    agent = IceAgent(os.urandom, 0.0)
    agent.receive_check(check(agent), HOME, 1.0)
    for port in range(40):
        agent.receive_check(check(agent), ("udp", "192.0.2.9", port), 2.0)
    assert len(agent.proven) == MAX_ADDRESSES
    assert HOME in agent.proven
    assert len(agent.take_evicted()) == 41 - MAX_ADDRESSES
    assert agent.take_evicted() == []


def test_a_forgotten_address_gives_way_to_the_next_newest() -> None:
    agent = IceAgent(os.urandom, 0.0)
    agent.receive_check(check(agent), CAFE, 1.0)
    agent.receive_check(check(agent, USE_CANDIDATE=None), HOME, 1.0)
    agent.forget(HOME)
    assert agent.selected == CAFE
    agent.forget(CAFE)
    assert agent.selected is None


def test_credentials_have_the_size_of_rfc_8839() -> None:
    agent = IceAgent(os.urandom, 0.0)
    assert len(agent.ufrag) == 8
    assert len(agent.password) == 24
