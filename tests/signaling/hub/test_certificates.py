"""Certificates of machines: made once, and trusted one by one."""

import asyncio
import ssl
import stat
from pathlib import Path

import pytest

from signaling.hub.certificates import MachineIdentity, fingerprint, trust


async def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """What the client's first line is answered with; nothing where it is refused."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server) as listening:
        port = listening.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
        try:
            writer.write(b"hello\n")
            return (await reader.readline()).decode()
        except ConnectionError:
            return ""
        finally:
            writer.transport.abort()


@pytest.fixture
def ann(tmp_path: Path) -> MachineIdentity:
    return MachineIdentity(tmp_path / "ann" / "machine.pem")


@pytest.fixture
def bob(tmp_path: Path) -> MachineIdentity:
    return MachineIdentity(tmp_path / "bob" / "machine.pem")


async def test_two_machines_that_were_told_of_each_other_speak(ann: MachineIdentity, bob: MachineIdentity) -> None:
    server = ann.server_context()
    trust(server, bob.certificate)
    assert await shake_hands(server, bob.client_context(ann.certificate)) == "hello\n"


async def test_one_that_nobody_told_of_gets_nowhere(ann: MachineIdentity, bob: MachineIdentity) -> None:
    assert await shake_hands(ann.server_context(), bob.client_context(ann.certificate)) == ""


async def test_one_without_a_certificate_gets_nowhere(ann: MachineIdentity) -> None:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    assert await shake_hands(ann.server_context(), anybody) == ""


async def test_another_machine_in_its_place_is_not_spoken_to(ann: MachineIdentity, bob: MachineIdentity) -> None:
    server = ann.server_context()
    trust(server, bob.certificate)
    with pytest.raises(ssl.SSLCertVerificationError):
        await shake_hands(server, bob.client_context(bob.certificate))


def test_it_is_made_once_and_for_its_owner_only(ann: MachineIdentity) -> None:
    again = MachineIdentity(ann.file)
    assert again.certificate == ann.certificate
    assert stat.S_IMODE(ann.file.stat().st_mode) == 0o600
    assert [each.name for each in ann.file.parent.iterdir()] == [ann.file.name]


def test_a_fingerprint_is_of_the_certificate_in_either_form(ann: MachineIdentity, bob: MachineIdentity) -> None:
    assert fingerprint(ann.certificate) == fingerprint(ssl.PEM_cert_to_DER_cert(ann.certificate))
    assert fingerprint(ann.certificate) != fingerprint(bob.certificate)
    with pytest.raises(ValueError, match="PEM"):
        fingerprint("no certificate")
