"""The certificate of the pages, as a browser meets it, and the name that leads to it."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from server.doctor.findings import DoctorFinding, good, soon, wrong

PART = "TLS"
WITHIN_S = 10.0
ENDS_SOON = timedelta(days=14)
ONLY_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
RENEW = "Renew it. Caddy does so by itself: journalctl -u caddy says why it did not. With certbot: certbot renew"


async def look_at_certificate(base_url: str, now: datetime, trusted: ssl.SSLContext | None = None) -> DoctorFinding:
    """`trusted` holds the certificates to trust, the system's if none."""
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or 443
    if parts.scheme != "https":
        if host in ONLY_HERE:
            return soon(PART, f"{base_url} is for this machine only.", "Set FIRESIDE_BASE_URL to the https address.")
        return wrong(
            PART,
            f"{base_url} has none: browsers give camera and microphone only to pages with https.",
            "Put Caddy or nginx in front, and set FIRESIDE_BASE_URL to the https address. See docs/hosting.md, part 4.",
        )
    try:
        async with asyncio.timeout(WITHIN_S):
            _, writer = await asyncio.open_connection(host, port, ssl=trusted or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return wrong(PART, f"browsers refuse the certificate of {host}: {error.verify_message}.", RENEW)
    except (OSError, TimeoutError) as error:
        return wrong(
            PART,
            f"{host}:{port} cannot be reached ({error or 'no answer'}).",
            f"Does the name lead to this server? This shows where: getent ahosts {host}. Does the web server in front "
            "run, and does the firewall let TCP 443 in?",
        )
    certificate = writer.get_extra_info("peercert")
    writer.close()
    return judge_end(datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC), now)


def judge_end(end: datetime, now: datetime) -> DoctorFinding:
    """Of a certificate that is good now."""
    said = f"the certificate is good until {end:%Y-%m-%d}"
    if end - now < ENDS_SOON:
        return soon(PART, f"{said}: that is soon, and it was not renewed.", RENEW)
    return good(PART, f"{said}.")
