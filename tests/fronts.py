"""nginx and Caddy in front of a server, with the files of deploy/: only names, ports and places are others."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cast import free_port

DEPLOY = Path(__file__).parents[1] / "deploy"
HOST = "localhost"


@dataclass(frozen=True, slots=True)
class Front:
    """A web server that runs: where people reach it, whom browsers would have to trust, and what it has logged."""

    base_url: str
    trusted: ssl.SSLContext
    folder: Path

    @property
    def logged(self) -> str:
        return "".join(file.read_text(errors="replace") for file in self.folder.glob("*.log"))


def write_certificate(folder: Path, end: datetime) -> None:
    """A certificate for HOST that vouches for itself, `cert.pem`, and its key, `key.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(end, datetime.now(UTC)) - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*private))


def nginx_command(folder: Path, https: int, http: int, pages: int) -> list[str]:
    site = (DEPLOY / "nginx.conf").read_text()
    for text, own in (
        ("meet.example.org;", f"{HOST};"),
        ("/etc/letsencrypt/live/meet.example.org/fullchain.pem", str(folder / "cert.pem")),
        ("/etc/letsencrypt/live/meet.example.org/privkey.pem", str(folder / "key.pem")),
        ("/var/log/nginx/fireside.log", str(folder / "access.log")),
        ("127.0.0.1:8080", f"127.0.0.1:{pages}"),
        (":443 ssl", f":{https} ssl"),
        ("listen 443", f"listen {https}"),
        (":80;", f":{http};"),
        ("listen 80;", f"listen {http};"),
    ):
        assert text in site, text
        site = site.replace(text, own)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n{temporary}{site}}}\n"
    )
    return ["nginx", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf", "-g", "daemon off;"]


def caddy_command(folder: Path, https: int, http: int, pages: int) -> list[str]:
    site = (DEPLOY / "Caddyfile").read_text()
    own_options = f"{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n"
    for text, own in (
        ("{\n\t#", f"{own_options}\t#"),
        ("log default {\n", f"log default {{\n\t\toutput file {folder}/caddy.log\n"),
        ("\nmeet.example.org {\n", f"\n{HOST}:{https} {{\n\ttls {folder}/cert.pem {folder}/key.pem\n"),
        ("127.0.0.1:8080", f"127.0.0.1:{pages}"),
    ):
        assert text in site, text
        site = site.replace(text, own, 1)
    (folder / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


FRONTS: dict[str, Callable[[Path, int, int, int], list[str]]] = {"nginx": nginx_command, "caddy": caddy_command}


@asynccontextmanager
async def front(kind: str, folder: Path, pages: int) -> AsyncIterator[Front]:
    """One of FRONTS, in front of the pages at this port. What it writes goes to this folder."""
    write_certificate(folder, datetime.now(UTC) + timedelta(days=60))
    https = free_port()
    command = FRONTS[kind](folder, https, free_port(), pages)
    own = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = await asyncio.create_subprocess_exec(*command, stdout=said, stderr=said, env=os.environ | own)
    try:
        yield Front(f"https://{HOST}:{https}", ssl.create_default_context(cafile=folder / "cert.pem"), folder)
    finally:
        process.terminate()
        await process.wait()
        print((folder / "said").read_text(errors="replace")[-2000:])
