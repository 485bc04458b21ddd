"""The lines of a call's picture."""

from datetime import UTC, datetime, timedelta

from server.admin.rules.connection_chart import Stretch, draw_connection
from server.calls.rules.connection_samples import ConnectionSample

BEGINS = datetime(2026, 11, 23, 12, tzinfo=UTC)


def sample(second: int, loss: float | None = 0.0, rate: int = 1000) -> ConnectionSample:
    return ConnectionSample(BEGINS + timedelta(seconds=second), loss, 0.15, rate, 250)


def test_lines_are_drawn_to_what_their_height_stands_for() -> None:
    chart = draw_connection([sample(10), sample(20, 0.2), sample(30, 0.05)], BEGINS, BEGINS + timedelta(seconds=100))
    assert chart.loss == "M100.0 40.0h0L200.0 0.0L300.0 30.0"
    assert chart.round_trip == "M100.0 20.0h0L200.0 20.0L300.0 20.0"
    assert (chart.most_loss, chart.most_trip, chart.most_rate) == (0.2, 0.3, 1000)
    assert chart.stretches == (
        Stretch(0.0, 100.0, "good"),
        Stretch(100.0, 100.0, "poor"),
        Stretch(200.0, 100.0, "weak"),
    )
    assert chart.counts == {"good": 0, "weak": 0, "poor": 1}


def test_a_line_ends_where_nobody_was_there_or_nothing_was_measured() -> None:
    ends = BEGINS + timedelta(seconds=100)
    chart = draw_connection([sample(10), sample(60), sample(70, None), sample(80)], BEGINS, ends)
    assert chart.loss == "M100.0 40.0h0M600.0 40.0h0M800.0 40.0h0"
    assert chart.rate_out == "M100.0 30.0h0M600.0 30.0h0L700.0 30.0L800.0 30.0"
    assert [each.x for each in chart.stretches] == [0.0, 500.0]
