"""The offer of a client that sends and counts packets and plays nothing, and what it needs of the answer (RFC 8866).

The media lines are those of docs/protocol.md, for one slot.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from signaling.relay.sdp.answer import Candidate

OPUS = 111
VP8 = 96
_CANDIDATE = re.compile(r"a=candidate:\S+ 1 (udp|tcp) \d+ (\S+) (\d{1,5}) typ host", re.IGNORECASE)


class BadAnswer(Exception):
    """The answer lacks something that the probe needs; the message says what."""


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """`fingerprint` is algorithm and digest, in the form of SDP."""

    ufrag: str
    password: str
    fingerprint: tuple[str, str]
    candidates: tuple[Candidate, ...]


def write_offer(ufrag: str, password: str, fingerprint: str, ssrc: int, slots: int = 1) -> str:
    """An offer whose microphone sends with this SSRC. `fingerprint` is the value of `a=fingerprint`, `slots` how many
    others there is room for."""
    kinds = ("audio", "video", "video") * (1 + slots)
    group = " ".join(str(mid) for mid in range(len(kinds)))
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {group}"]
    for mid, kind in enumerate(kinds):
        number, codec = (OPUS, "opus/48000/2") if kind == "audio" else (VP8, "VP8/90000")
        lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}"]
        lines += [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}", f"a=fingerprint:{fingerprint}"]
        lines += ["a=setup:actpass", "a=rtcp-mux", "a=sendonly" if mid < 3 else "a=recvonly"]
        lines.append(f"a=rtpmap:{number} {codec}")
        if mid == 0:
            lines.append(f"a=ssrc:{ssrc} cname:probe")
    return "\r\n".join(lines) + "\r\n"


def read_answer(text: str) -> ProbeAnswer:
    """Raises BadAnswer."""
    algorithm, _, digest = _value(text, "fingerprint").partition(" ")
    found = tuple(Candidate(each[1].lower(), _ip(each[2]), int(each[3])) for each in _CANDIDATE.finditer(text))
    return ProbeAnswer(_value(text, "ice-ufrag"), _value(text, "ice-pwd"), (algorithm.lower(), digest.upper()), found)


def _value(text: str, name: str) -> str:
    found = re.search(rf"^a={name}:([^\r\n]+)", text, re.MULTILINE)
    if found is None:
        raise BadAnswer(f"The relay's answer has no {name}.")
    return found[1]


def _ip(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise BadAnswer("A candidate of the relay has no address.") from error
