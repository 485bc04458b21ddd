"""Every datagram finds its peer by what that peer has proven, and by nothing else."""

from tests.signaling.relay.browser import Browser, Line


def test_addresses_follow_the_proofs(line: Line) -> None:
    mentor, mentee = line.open(Browser("mentor", port=1)), line.open(Browser("mentee", port=2))
    table = line.relay._table
    assert [peer.name for peer in table.by_ufrag.values()] == ["mentor", "mentee"]
    assert table.by_address == {}
    line.send(mentor, mentor.check())
    line.send(mentee, mentee.check(), source=mentor.address)
    assert {address: peer.name for address, peer in table.by_address.items()} == {mentor.address: "mentee"}
    assert line.relay._peers["mentor"].agent.proven == {}


def test_nothing_is_left_of_a_closed_peer(line: Line) -> None:
    mentor = line.open(Browser("mentor"))
    line.send(mentor, mentor.check(), mentor.check(), mentor.check(password="x" * 24))
    line.relay.close_peer("mentor")
    assert (line.relay._table.by_ufrag, line.relay._table.by_address) == ({}, {})
