"""Whether a relay process of another machine is reached, or why not; test_remote_relay.py has a whole one."""

from dataclasses import replace
from pathlib import Path

import pytest

from signaling.hub.certificates import MachineIdentity
from signaling.hub.directory import RelayAddress
from signaling.hub.door import RelayDoor
from signaling.hub.greeting import NotReached, reach
from tests.cast import free_port
from tests.signaling.callers import Site


@pytest.fixture
def own(tmp_path: Path) -> MachineIdentity:
    return MachineIdentity(tmp_path / "own.pem")


async def test_one_that_is_there_greets_and_others_do_not(site: Site, own: MachineIdentity, tmp_path: Path) -> None:
    other = MachineIdentity(tmp_path / "other.pem")
    door, port = RelayDoor(other, site.hub.control_path), free_port()
    [relay] = site.hub.own_relays()
    address = RelayAddress(relay.relay, "other", 0, relay.protocol, "127.0.0.1", port, other.certificate)
    with pytest.raises(NotReached, match="Connect call failed"):
        await reach(address, own)
    await door.open("127.0.0.1", port)
    try:
        # It was not told of this machine.
        with pytest.raises(NotReached):
            await reach(address, own)
        door.admit([own.certificate])
        await reach(address, own)
        with pytest.raises(NotReached, match="it hangs up"):
            await reach(replace(address, relay="an earlier life"), own)
        with pytest.raises(NotReached, match="CERTIFICATE_VERIFY_FAILED"):
            await reach(replace(address, certificate=own.certificate), own)
    finally:
        door.close()
    assert site.hub.health()["ready"]


async def test_a_certificate_that_is_none(own: MachineIdentity) -> None:
    with pytest.raises(NotReached):
        await reach(RelayAddress("life", "other", 0, 6, "127.0.0.1", free_port(), "no certificate"), own)
