"""The answer mirrors the media lines of the offer, as the specifications require."""

import re

from aiortc.sdp import SessionDescription

from tests.signaling.relay.browser import Browser, Network


def test_the_answer_mirrors_the_offer(network: Network) -> None:
    for kind, port in (("chromium", 1), ("firefox", 2)):
        browser = network.open(Browser(kind, kind, port=port))
        answer = SessionDescription.parse(browser.answer)
        assert [each.rtp.muxId for each in answer.media] == ["0", "1", "2", "3", "4", "5"]
        assert [each.kind for each in answer.media] == ["audio", "video", "video"] * 2
        assert [each.direction for each in answer.media] == ["recvonly"] * 3 + ["sendonly"] * 3
        assert [str(each) for each in answer.group] == ["BUNDLE 0 1 2 3 4 5"]
        for media in answer.media:
            assert media.rtcp_mux or "a=rtcp-mux" in browser.answer
            assert media.dtls.role == "server"
            assert media.ice.iceLite
            assert [codec.name for codec in media.rtp.codecs] in (["opus"], ["opus", "red"], ["VP8", "rtx"])


def test_redundant_audio_is_asked_for_where_it_is_offered(network: Network) -> None:
    browser = network.open(Browser("mentor"))
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n" in browser.section(0, answer=True)
    assert "a=fmtp:63 111/111\r\n" in browser.section(3, answer=True)
    browser = network.open(Browser("other", "firefox", port=2))
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n" in browser.section(0, answer=True)


def test_only_sent_pictures_get_a_bitrate_to_start_with(network: Network) -> None:
    browser = network.open(Browser("mentor"))
    assert [("x-google-start-bitrate" in browser.section(part, answer=True)) for part in range(6)] == [
        part in (1, 2) for part in range(6)
    ]


def test_the_answer_announces_every_candidate(network: Network) -> None:
    browser = network.open(Browser("mentor"))
    found = SessionDescription.parse(browser.answer).media[0].ice_candidates
    assert [(each.protocol, each.ip, each.port, each.tcpType) for each in found] == [
        ("udp", "198.51.100.1", 5000, None),
        ("tcp", "198.51.100.1", 5000, "passive"),
    ]
    assert found[0].priority > found[1].priority


def test_slots_have_fixed_names_and_numbers(network: Network) -> None:
    browser = network.open(Browser("mentor", slots=2))
    streams = re.findall(r"a=msid:(\S+)", browser.answer)
    assert streams == ["slot0", "slot0", "slot0-screen", "slot1", "slot1", "slot1-screen"]
    numbers = [ssrc for part in range(3, 9) for ssrc in browser.ssrcs(part, answer=True)]
    assert len(numbers) == len(set(numbers)) == 10
    names = re.findall(r"a=ssrc:\d+ cname:(\S+)", browser.answer)
    assert len(set(names[:5])) == len(set(names[5:])) == 1
    assert names[0] != names[5]


def test_what_may_not_be_sent_is_inactive(network: Network) -> None:
    browser = network.open(Browser("mentor"), may_show=False)
    directions = re.findall(r"a=(recvonly|inactive|sendonly)", browser.answer)
    assert directions == ["recvonly", "inactive", "inactive", "sendonly", "sendonly", "sendonly"]


def test_a_one_way_extension_is_answered_the_other_way(network: Network) -> None:
    browser = network.open(Browser("firefox", "firefox"))
    assert re.findall(r"a=extmap:\d+/(\w+) \S+playout-delay", browser.answer) == ["sendonly", "sendonly"]
