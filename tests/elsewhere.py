"""Somebody's calendar server, spoken to by HTTPS as those of the world are: real, and on loopback."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.availability.calendar.fetch import FetchPolicy
from tests.server.availability.calendar.files import entry, file_of

CALENDAR = file_of(entry("UID:1", "DTSTART:20261124T140000Z"))
NAMES = ("localhost", "calendar.example")
ADDRESSES = ("127.0.0.1", "127.0.0.2", "::1")

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def certificate(folder: Path) -> tuple[Path, Path]:
    """For the names and addresses of these tests, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "calendar.example")])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.DNSName(each) for each in NAMES]
    names += [x509.IPAddress(ip_address(each)) for each in ADDRESSES]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem", folder / "key.pem"


@dataclass
class Elsewhere:
    """Somebody's calendar server. `answer` may be replaced; `asked` are the requests it got, `reached` the addresses at
    which they came."""

    port: int
    policy: FetchPolicy
    answer: Answer
    asked: list[web.Request] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    def url(self, path: str = "/noor.ics", host: str = "localhost", scheme: str = "https") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        assert request.transport is not None
        self.reached.append(request.transport.get_extra_info("sockname")[0])
        return await self.answer(request)


async def calendar(request: web.Request) -> web.StreamResponse:
    return web.Response(body=CALENDAR, headers={"ETag": '"1"'})


async def endless(request: web.Request) -> web.StreamResponse:
    """Goes on as long as somebody takes it, in turn with the tests that do."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65536)
        await asyncio.sleep(0)


@asynccontextmanager
async def calendar_server(folder: Path) -> AsyncIterator[Elsewhere]:
    """On every loopback address at one port; only 127.0.0.1 may be connected to."""
    files = certificate(folder)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(*files)
    with socket.socket(socket.AF_INET6) as both:
        both.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        both.bind(("::", 0))
        port = both.getsockname()[1]
        policy = FetchPolicy(
            may_connect=lambda address: str(address) == "127.0.0.1",
            ports=frozenset({port}),
            tls=ssl.create_default_context(cafile=str(files[0])),
        )
        server = Elsewhere(port, policy, calendar)
        runner = web.ServerRunner(web.Server(server.handle), shutdown_timeout=0)
        await runner.setup()
        await web.SockSite(runner, both, ssl_context=theirs).start()
        yield server
        await runner.cleanup()
