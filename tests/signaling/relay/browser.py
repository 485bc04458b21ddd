"""A small browser made of real parts: STUN checks, a DTLS client, SRTP, and offers as Chromium and Firefox make them.

It has no socket: `Network` passes datagrams between browsers and a relay, with a clock of its own.
"""

import re
import struct
from pathlib import Path

import pylibsrtp
from aioice import stun
from OpenSSL import SSL
from pylibsrtp import Policy, Session

from signaling.packet import Address, Packet
from signaling.relay.events import RelayEvent
from signaling.relay.relay import Candidate, Relay
from signaling.relay.transport.aiortc_parts import PROFILES, Certificate

OFFERS = Path(__file__).parent / "offers"
MID = 4
LEVEL = 1
TWCC = 3


def rtp(
    ssrc: int,
    number: int,
    *,
    payload_type: int,
    stamp: int = 1000,
    marker: bool = False,
    extensions: dict[int, bytes] | None = None,
    payload: bytes = b"payload" * 20,
) -> bytes:
    """An RTP packet, its extensions in the one-byte form."""
    body = b"".join(bytes([number << 4 | len(value) - 1]) + value for number, value in (extensions or {}).items())
    body += bytes(-len(body) % 4)
    block = struct.pack("!HH", 0xBEDE, len(body) // 4) + body if body else b""
    first = 0x90 if body else 0x80
    return struct.pack("!BBHII", first, marker << 7 | payload_type, number, stamp, ssrc) + block + payload


class Browser:
    """One browser. `kind` names the offer it copies; `slots` is that offer's; `profile` the one SRTP profile it takes,
    if not all."""

    def __init__(
        self, name: str, kind: str = "chromium", slots: int = 1, port: int = 40000, profile: bytes = b""
    ) -> None:
        self.name = name
        self.address: Address = ("udp", "192.0.2.7", port)
        self.certificate = Certificate()
        self.offer = self._offer(kind, slots)
        self.answer = ""
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.stun: list[stun.Message] = []
        self.sent: list[bytes] = []
        self.connected = False
        self.closed = False
        context = self.certificate.context()
        if profile:
            context.set_tlsext_use_srtp(profile)
        self.ssl = SSL.Connection(context)
        self.ssl.set_connect_state()
        self.ssl.set_ciphertext_mtu(1200)
        self._reading: Session | None = None
        self._writing: Session | None = None

    def _offer(self, kind: str, slots: int) -> str:
        text = (OFFERS / f"{kind}.sdp").read_text()
        head, *sections = re.split(r"(?=^m=)", text, flags=re.MULTILINE)
        mids = [str(each) for each in range(3 + 3 * slots)]
        grown = sections[:3]
        for line in range(3, 3 + 3 * slots):
            grown.append(re.sub(r"a=mid:\S+", f"a=mid:{line}", sections[3 + line % 3]))
        head = re.sub(r"a=group:BUNDLE [^\r\n]*", "a=group:BUNDLE " + " ".join(mids), head)
        text = head + "".join(grown)
        text = re.sub(r"a=fingerprint:[^\r\n]*", f"a=fingerprint:{self.certificate.fingerprint()}", text)
        # Each browser has its own SSRCs.
        for index, ssrc in enumerate(dict.fromkeys(re.findall(r"a=ssrc:(\d+)", text))):
            text = text.replace(ssrc, str(1_000_000 + index + abs(hash(self.name)) % 1_000_000))
        return text

    def section(self, line: int, answer: bool = False) -> str:
        """One media section of the offer or the answer."""
        return re.split(r"(?=^m=)", self.answer if answer else self.offer, flags=re.MULTILINE)[1 + line]

    def ssrcs(self, line: int, answer: bool = False) -> list[int]:
        """The SSRCs of a section: media first, then rtx."""
        found = re.findall(r"a=ssrc:(\d+)", self.section(line, answer))
        return [int(each) for each in dict.fromkeys(found)]

    def payload_type(self, line: int, codec: str) -> int:
        """The offer's first payload type of a codec."""
        found = re.search(rf"a=rtpmap:(\d+) {codec}/", self.section(line))
        assert found
        return int(found[1])

    def extension(self, line: int, uri: str) -> int:
        """The offer's id of the header extension whose URI ends so."""
        found = re.search(rf"a=extmap:(\d+)\S* \S*{uri}\b", self.section(line))
        assert found
        return int(found[1])

    # ICE

    def credentials(self) -> tuple[str, str]:
        """The relay's ufrag and password, from the answer."""
        ufrag, password = re.search(r"ice-ufrag:(\S+)", self.answer), re.search(r"ice-pwd:(\S+)", self.answer)
        assert ufrag
        assert password
        return ufrag[1], password[1]

    def check(self, nominate: bool = True, password: str | None = None, **more: int) -> bytes:
        """A signed binding request; `more` adds attributes with _ for -."""
        ufrag, right = self.credentials()
        attributes = {"USERNAME": f"{ufrag}:abcd", "PRIORITY": 1, **{k.replace("_", "-"): v for k, v in more.items()}}
        if "ICE-CONTROLLED" not in attributes:
            attributes["ICE-CONTROLLING"] = 7
        if nominate:
            attributes["USE-CANDIDATE"] = None
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
        message.add_message_integrity((password or right).encode())
        return bytes(message)

    # Datagrams

    def handshake(self) -> list[bytes]:
        """Drive the DTLS client; what it wants to send."""
        if not self.connected:
            try:
                self.ssl.do_handshake()
                self._derive()
            except SSL.WantReadError:
                pass
        try:
            return [self.ssl.bio_read(65536)]
        except SSL.Error:
            return []

    def _derive(self) -> None:
        self.connected = True
        profile = PROFILES[self.ssl.get_selected_srtp_profile()]
        material = self.ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (profile.key + profile.salt))
        mine, theirs = profile.master(material, False), profile.master(material, True)
        self._reading = Session(Policy(theirs, Policy.SSRC_ANY_INBOUND, srtp_profile=profile.libsrtp))
        self._writing = Session(Policy(mine, Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile.libsrtp))

    def receive(self, datagram: bytes) -> list[bytes]:
        """Take one datagram of the relay; returns what to answer."""
        if datagram[0] < 4:
            self.stun.append(stun.parse_message(datagram))
            return []
        if datagram[0] < 64:
            assert len(datagram) <= 1200
            self.ssl.bio_write(datagram)
            answer = self.handshake()
            self._read_dtls()
            return answer
        assert self._reading
        if 192 <= datagram[1] < 224:
            self.rtcp.append(self._reading.unprotect_rtcp(datagram))
        else:
            self.rtp.append(self._reading.unprotect(datagram))
        return []

    def _read_dtls(self) -> None:
        try:
            self.ssl.recv(2048)
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.closed = True

    def protect(self, packet: bytes) -> bytes:
        """Encrypt RTP or RTCP as this browser would."""
        assert self._writing
        rtcp = 192 <= packet[1] < 224
        return self._writing.protect_rtcp(packet) if rtcp else self._writing.protect(packet)


class Network:
    """A relay and browsers on a network without losses; `now` is its clock."""

    def __init__(self) -> None:
        self.relay = Relay([Candidate("udp", "198.51.100.1", 5000), Candidate("tcp", "198.51.100.1", 5000)])
        self.now = 100.0
        self.browsers: dict[Address, Browser] = {}
        self.happened: list[RelayEvent] = []
        self.astray: list[tuple[bytes, Address]] = []

    def open(self, browser: Browser, may_speak: bool = True, may_show: bool = True) -> Browser:
        """Let the relay answer the browser's offer."""
        slots = browser.offer.count("\nm=") // 3 - 1
        browser.answer = self.relay.open_peer(
            browser.name, browser.offer, slots=slots, may_speak=may_speak, may_show=may_show, now=self.now
        )
        self.browsers[browser.address] = browser
        return browser

    def join(self, browser: Browser, **rights: bool) -> Browser:
        """Open, prove the address, finish DTLS."""
        self.open(browser, **rights)
        self.send(browser, browser.check())
        self.send(browser, *browser.handshake())
        assert browser.connected, self.relay.counters
        return browser

    def pair(self, first: Browser, second: Browser) -> None:
        """Seat each in the other's first slot, and clear the RTCP that follows from it."""
        self.relay.seat(first.name, 0, second.name)
        self.relay.seat(second.name, 0, first.name)
        self.pump()
        for browser in (first, second):
            browser.rtcp.clear()

    def send(self, browser: Browser, *datagrams: bytes, source: Address | None = None) -> None:
        """Datagrams from this browser, and everything that follows from them."""
        for datagram in datagrams:
            browser.sent.append(datagram)
            self.relay.receive(Packet(datagram), source or browser.address, self.now)
        self.pump()

    def say(self, browser: Browser, *packets: bytes) -> None:
        """RTP or RTCP packets from this browser, encrypted."""
        self.send(browser, *map(browser.protect, packets))

    def pump(self) -> None:
        """Deliver what the relay sends until nothing more comes."""
        while out := self.relay.outgoing():
            for datagram, address in out:
                browser = self.browsers.get(address)
                if browser is None:
                    self.astray.append((bytes(datagram), address))
                    continue
                for answer in browser.receive(bytes(datagram)):
                    self.relay.receive(Packet(answer), address, self.now)
        self.happened += self.relay.events()

    def wait(self, seconds: float) -> None:
        """Let time pass, ticking whenever the relay asks for it."""
        end = self.now + seconds
        while (due := self.relay.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.relay.tick(self.now)
            self.pump()
            following = self.relay.deadline()
            assert following is None or following > self.now, "the relay never stops asking to be ticked"
        self.now = end


SrtpRefused = pylibsrtp.Error
