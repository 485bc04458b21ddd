"""The web servers in front: whether FIRESIDE_PROXIES says how many of them name the visitor's address."""

from collections.abc import Sequence

from server.doctor.findings import DoctorFinding, good, wrong

PART = "Web server in front"
# Of a network that is for documentation: nobody has this address (RFC 5737). The doctor sends it as its own.
SENT = "192.0.2.77"


def judge_forwarding(seen: Sequence[str], proxies: int) -> DoctorFinding:
    """`seen` are the addresses in X-Forwarded-For as they came to Fireside, when SENT was sent.

    Each web server adds one; one that trusts nobody, as Caddy does, drops what was sent.
    """
    adding = len(seen) - 1 - seen.index(SENT) if SENT in seen else len(seen)
    if adding == proxies:
        return good(PART, f"{adding} add to X-Forwarded-For, as FIRESIDE_PROXIES says.")
    if adding < proxies:
        return wrong(
            PART,
            f"{adding} add to X-Forwarded-For, but FIRESIDE_PROXIES is {proxies}: visitors could say that they are "
            "somebody else, and the rate limits would believe it.",
            f"Set FIRESIDE_PROXIES={adding}, or let it add the visitor's address: see docs/proxy.md.",
        )
    return wrong(
        PART,
        f"{adding} add to X-Forwarded-For, but FIRESIDE_PROXIES is {proxies}: the rate limits take all people for one.",
        f"Set FIRESIDE_PROXIES={adding}",
    )
