"""Parsing a browser's offer (RFC 8866, RFC 8829): sizes are bounded, anything unexpected is a BadOffer.

The layout is fixed: microphone, camera, screen to send; then for each slot audio, camera, screen to receive.
aiortc.sdp is not used: it asserts where a hostile offer needs an error message, and it imports aiortc's SCTP.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from signaling.relay.events import BadOffer
from signaling.relay.rtp.headers import AUDIO_LEVEL, MID, TRANSPORT_CC

MAX_CHARACTERS = 64 * 1024
MAX_LINES = 4000
MAX_LINE = 2048
MAX_FINGERPRINTS = 8

EXTENSIONS = (
    MID,
    AUDIO_LEVEL,
    TRANSPORT_CC,
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "urn:ietf:params:rtp-hdrext:toffset",
    "urn:3gpp:video-orientation",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type",
    "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
)
CODECS = {"audio": "opus/48000/2", "video": "VP8/90000"}
FEEDBACK = {
    "audio": ("transport-cc",),
    "video": ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"),
}

_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,16}")
_ICE = re.compile(r"[A-Za-z0-9+/]{4,256}")
_DIGEST = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){15,63}")
_MEDIA = re.compile(r"(audio|video) (\d{1,5}) UDP/TLS/RTP/SAVPF((?: \d{1,3}){1,128})")

Attributes = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """One media line of an offer: payload types, extension ids by URI, and the SSRCs it announces. `red` is redundant
    audio of the codec; `one_way` are the URIs offered for the line's own direction only."""

    kind: str
    mid: str
    codec: int
    rtx: int | None
    red: int | None
    feedback: tuple[str, ...]
    fec: bool
    extensions: dict[str, int]
    one_way: frozenset[str]
    ssrc: int | None
    rtx_ssrc: int | None
    reduced_size: bool


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """What the relay needs of an offer. `fingerprints` are (algorithm, value) in lower and upper case."""

    ufrag: str
    fingerprints: tuple[tuple[str, str], ...]
    media: tuple[MediaDescription, ...]


@dataclass(slots=True)
class _Section:
    heading: str = ""
    attributes: Attributes = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        values = self.attributes.get(name, [])
        return values[0] if len(values) == 1 else None

    def every(self, name: str) -> list[str]:
        return self.attributes.get(name, [])


def parse_offer(text: str, slots: int) -> SessionDescription:
    """Parse an offer for a room with `slots` seats besides the browser's own. Raises BadOffer."""
    session, *sections = _sections(text)
    if len(sections) != 3 + 3 * slots:
        raise BadOffer(f"The offer must have {3 + 3 * slots} media lines, not {len(sections)}.")
    media = tuple(_media(section, index) for index, section in enumerate(sections))
    mids = [each.mid for each in media]
    if len(set(mids)) != len(mids) or f"BUNDLE {' '.join(mids)}" not in session.every("group"):
        raise BadOffer("The offer must bundle all its media lines.")
    _check_ssrcs(media)
    return SessionDescription(_ufrag(session, sections[0]), _fingerprints(session, sections[0]), media)


def _sections(text: str) -> Iterator[_Section]:
    if len(text) > MAX_CHARACTERS:
        raise BadOffer("The offer is too long.")
    lines = text.split("\n")
    if len(lines) > MAX_LINES or max(map(len, lines)) > MAX_LINE:
        raise BadOffer("The offer is too long.")
    if lines[0].rstrip("\r") != "v=0":
        raise BadOffer("This is not a session description.")
    section = _Section()
    for line in lines[1:]:
        line = line.rstrip("\r")
        if line.startswith("m="):
            yield section
            section = _Section(line[2:])
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            section.attributes.setdefault(name, []).append(value)
    yield section


def _media(section: _Section, index: int) -> MediaDescription:
    heading = _MEDIA.fullmatch(section.heading)
    kind = "audio" if index % 3 == 0 else "video"
    if heading is None or heading[1] != kind or not _is_open(section, heading[2]):
        raise BadOffer(f"Media line {index} of the offer must be {kind}.")
    direction = "sendonly" if index < 3 else "recvonly"
    if direction not in section.attributes or "rtcp-mux" not in section.attributes:
        raise BadOffer(f"Media line {index} of the offer must be {direction} with rtcp-mux.")
    mid = section.one("mid")
    if mid is None or not _TOKEN.fullmatch(mid):
        raise BadOffer(f"Media line {index} of the offer needs a mid.")
    codec, rtx, red = _payload_types(section, kind, heading[3].split())
    ssrc, rtx_ssrc = _ssrcs(section) if index < 3 else (None, None)
    return MediaDescription(
        kind,
        mid,
        codec,
        rtx,
        red,
        _feedback(section, kind, codec),
        "useinbandfec=1" in _parameters(section, codec),
        *_extensions(section, direction),
        ssrc,
        rtx_ssrc,
        "rtcp-rsize" in section.attributes,
    )


def _is_open(section: _Section, port: str) -> bool:
    # Firefox gives port 0 to the lines that only exist in the bundle (RFC 9143 section 7.2.1).
    return port != "0" or "bundle-only" in section.attributes


def _payload_types(section: _Section, kind: str, listed: list[str]) -> tuple[int, int | None, int | None]:
    names: dict[str, str] = {}
    for value in section.every("rtpmap"):
        number, _, name = value.partition(" ")
        if number in listed:
            names[number] = name.lower()
    wanted = CODECS[kind]
    codec = next((number for number in listed if names.get(number) == wanted.lower()), None)
    if codec is None or not _usable(codec):
        raise BadOffer(f"The browser does not offer {wanted.partition('/')[0]}.")
    rtx = _companion(section, names, "rtx/90000", f"apt={codec}")
    # Two times the codec: the newest block and the one before (RFC 2198 section 5).
    red = _companion(section, names, "red/48000/2", f"{codec}/{codec}")
    return int(codec), rtx, red


def _companion(section: _Section, names: dict[str, str], name: str, parameter: str) -> int | None:
    fitting = (int(number) for number in names if names[number] == name and _usable(number))
    return next((number for number in fitting if parameter in _parameters(section, number)), None)


def _usable(number: str) -> bool:
    return int(number) < 64 or 96 <= int(number) < 128


def _parameters(section: _Section, number: int) -> list[str]:
    found = [value for value in section.every("fmtp") if value.startswith(f"{number} ")]
    return re.split(r"[;\s]+", found[0])[1:] if found else []


def _feedback(section: _Section, kind: str, codec: int) -> tuple[str, ...]:
    offered = set(section.every("rtcp-fb"))
    return tuple(each for each in FEEDBACK[kind] if f"{codec} {each}" in offered or f"* {each}" in offered)


def _extensions(section: _Section, direction: str) -> tuple[dict[str, int], frozenset[str]]:
    found: dict[str, int] = {}
    one_way: set[str] = set()
    for value in section.every("extmap"):
        words = value.split(" ")
        number, _, way = words[0].partition("/")
        known = len(words) > 1 and words[1] in EXTENSIONS and way in ("", direction)
        if known and re.fullmatch(r"[1-9]|1[0-4]", number):
            # One string of each for all peers.
            uri = sys.intern(words[1])
            found.setdefault(uri, int(number))
            one_way |= {uri} if way else set()
    if len(set(found.values())) != len(found):
        raise BadOffer("Two header extensions of the offer have the same id.")
    return found, frozenset(one_way)


def _ssrcs(section: _Section) -> tuple[int | None, int | None]:
    for group in section.every("ssrc-group"):
        words = group.split()
        if len(words) == 3 and words[0] == "FID":
            return _ssrc(words[1]), _ssrc(words[2])
    values = section.every("ssrc")
    return (_ssrc(values[0].partition(" ")[0]), None) if values else (None, None)


def _ssrc(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 10 and 0 < int(word) < 1 << 32):
        raise BadOffer("An SSRC of the offer is not a number.")
    return int(word)


def _check_ssrcs(media: tuple[MediaDescription, ...]) -> None:
    named = [ssrc for each in media for ssrc in (each.ssrc, each.rtx_ssrc) if ssrc is not None]
    if len(set(named)) != len(named):
        raise BadOffer("The offer uses one SSRC twice.")


def _ufrag(session: _Section, first: _Section) -> str:
    ufrag = first.one("ice-ufrag") or session.one("ice-ufrag") or ""
    if not _ICE.fullmatch(ufrag):
        raise BadOffer("The offer has no ICE user name.")
    return ufrag


def _fingerprints(session: _Section, first: _Section) -> tuple[tuple[str, str], ...]:
    setup = first.one("setup") or session.one("setup")
    if setup not in ("actpass", "active"):
        raise BadOffer("The browser must take the active DTLS role.")
    values = first.every("fingerprint") or session.every("fingerprint")
    pairs = [tuple(value.partition(" ")[::2]) for value in values[: MAX_FINGERPRINTS + 1]]
    found = tuple((algorithm.lower(), digest.strip().upper()) for algorithm, digest in pairs)
    if not 0 < len(found) <= MAX_FINGERPRINTS or not all(_DIGEST.fullmatch(digest) for _, digest in found):
        raise BadOffer("The offer has no certificate fingerprint.")
    return found
