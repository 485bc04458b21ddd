"""A datagram finds its peer only by an address that the peer has proven."""

from tests.signaling.relay.browser import Browser, Network


def test_addresses_follow_the_proofs(network: Network) -> None:
    mentor, mentee = network.open(Browser("mentor", port=1)), network.open(Browser("mentee", port=2))
    table = network.relay._table
    assert [peer.name for peer in table.by_ufrag.values()] == ["mentor", "mentee"]
    assert table.by_address == {}
    network.send(mentor, mentor.check())
    network.send(mentee, mentee.check(), source=mentor.address)
    assert {address: peer.name for address, peer in table.by_address.items()} == {mentor.address: "mentee"}
    assert network.relay._peers["mentor"].agent.proven == {}


def test_nothing_is_left_of_a_closed_peer(network: Network) -> None:
    mentor = network.open(Browser("mentor"))
    network.send(mentor, mentor.check(), mentor.check(), mentor.check(password="x" * 24))
    network.relay.close_peer("mentor")
    assert (network.relay._table.by_ufrag, network.relay._table.by_address) == ({}, {})
