"""aiortc's internals are what the adapter expects, and loading them loads no codec."""

import functools
import subprocess
import sys

import pytest

from signaling.relay.transport import aiortc_parts
from signaling.relay.transport.aiortc_parts import PROFILES, Certificate

NAMES = (
    "RTCCertificate.generateCertificate",
    "RTCCertificate.getFingerprints",
    "RTCCertificate._create_ssl_context",
    "SRTP_PROFILES",
    "X509_DIGEST_ALGORITHMS",
    "certificate_digest",
)

LOOK = """
import sys, signaling.worker.main
assert "av" not in sys.modules and "aiortc" not in sys.modules
maps = open("/proc/self/maps").read()
assert "libsrtp" in maps or "_binding" in maps
print([line for line in maps.splitlines() if "libavcodec" in line or "/av" in line])
"""


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there(name: str) -> None:
    assert functools.reduce(getattr, name.split("."), aiortc_parts._dtls)


def test_the_relay_process_maps_no_codec() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_real_package_can_still_be_imported() -> None:
    code = "import signaling.relay.transport.aiortc_parts, aiortc; print(aiortc.RTCPeerConnection.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "RTCPeerConnection\n"


def test_profiles_derive_both_directions() -> None:
    profile = PROFILES[b"SRTP_AEAD_AES_128_GCM"]
    material = bytes(range(2 * (profile.key + profile.salt)))
    client, server = profile.master(material, server=False), profile.master(material, server=True)
    assert client == material[:16] + material[32:44]
    assert server == material[16:32] + material[44:56]


def test_a_certificate_names_its_digest() -> None:
    algorithm, value = Certificate().fingerprint().split()
    assert algorithm == "sha-256"
    assert len(value) == 32 * 3 - 1
