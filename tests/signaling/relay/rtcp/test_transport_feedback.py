"""Transport-wide feedback says which packets came, and when, to a quarter of a millisecond."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from signaling.relay.rtcp.transport_feedback import INTERVAL, MAX_SPAN, TransportFeedback


def read(report: bytes) -> dict[int, float]:
    """Arrival times by number, as the draft says to read them."""
    first, kind, words, _, _, base, count = struct.unpack_from("!BBHIIHH", report)
    assert (first, kind, 4 * words + 4) == (0x8F, 205, len(report))
    at = int.from_bytes(report[16:19], "big") * 0.064
    chunks = (count + 6) // 7
    symbols = [
        chunk >> shift & 3 for chunk in struct.unpack_from(f"!{chunks}H", report, 20) for shift in range(12, -1, -2)
    ][:count]
    position = 20 + 2 * chunks
    found = {}
    for offset, symbol in enumerate(symbols):
        if symbol:
            form = ">B" if symbol == 1 else ">h"
            at += struct.unpack_from(form, report, position)[0] * 0.00025
            position += symbol
            found[(base + offset) & 0xFFFF] = at
    return found


def close(found: dict[int, float], wanted: dict[int, float]) -> bool:
    return found.keys() == wanted.keys() and all(abs(found[each] - wanted[each]) < 0.0005 for each in wanted)


def test_arrivals_are_reported_with_their_gaps() -> None:
    transport_feedback = TransportFeedback()
    wanted = {65534: 100.0, 65535: 100.001, 2: 100.5, 1: 100.499}
    for number, when in wanted.items():
        transport_feedback.add(number, when)
    assert transport_feedback.due == 100.0 + INTERVAL
    assert close(read(transport_feedback.report(1, 2)), wanted)
    assert transport_feedback.due is None
    assert transport_feedback.report(1, 2) == b""


def test_reports_are_counted() -> None:
    transport_feedback = TransportFeedback()
    counts = []
    for number in range(258):
        transport_feedback.add(number, 1.0)
        counts.append(transport_feedback.report(1, 2)[19])
    assert counts == [*range(256), 0, 1]


def test_a_jump_starts_anew() -> None:
    transport_feedback = TransportFeedback()
    transport_feedback.add(0, 1.0)
    transport_feedback.add(30000, 1.0)
    assert list(read(transport_feedback.report(1, 2))) == [30000]


@given(st.lists(st.tuples(st.integers(0, 65535), st.floats(0, 60)), min_size=1, max_size=200))
def test_any_order_gives_a_report_of_bounded_size(came: list[tuple[int, float]]) -> None:
    transport_feedback = TransportFeedback()
    for number, when in came:
        transport_feedback.add(number, when)
    report = transport_feedback.report(1, 2)
    assert len(report) < 1200
    assert set(read(report)) <= {number for number, _ in came}
    assert MAX_SPAN < 1000
