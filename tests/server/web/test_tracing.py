"""Spans of requests and their transactions."""

from server.web.tracing import FAILED, INTERNAL, MOST_SPANS, NANOSECONDS, SERVER, Tracer, spans_as_json

START = 1_800_000_000 * NANOSECONDS


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def test_a_request_is_a_span_with_its_transactions_below():
    clock = Clock()
    tracer = Tracer(clock)
    tracer.begin_request()
    clock.now += 3 * NANOSECONDS
    tracer.note_transaction("read", 1.0)
    clock.now += NANOSECONDS
    tracer.end_request("GET", "/offers/{id}", 200)
    reading, request = tracer.take()
    assert (reading.trace, reading.parent, reading.kind) == (request.trace, request.id, INTERNAL)
    assert (reading.start - START, reading.end - START) == (2 * NANOSECONDS, 3 * NANOSECONDS)
    assert (request.name, request.kind, request.parent, request.failed) == ("GET /offers/{id}", SERVER, "", False)
    assert (request.start, request.end) == (START, START + 4 * NANOSECONDS)
    assert (len(request.trace), len(request.id), tracer.take()) == (32, 16, [])


def test_jobs_streams_files_and_questions_whether_all_is_well_have_no_trace():
    tracer = Tracer()
    tracer.note_transaction("write", 0.1)
    for route in ("/calls/{id}/socket", "/bookings/{id}/events", "/static/{version}/{path}", "/healthz"):
        tracer.begin_request()
        tracer.end_request("GET", route, 200)
    assert tracer.take() == []


def test_what_nobody_takes_does_not_fill_the_memory():
    tracer = Tracer()
    for _ in range(MOST_SPANS + 5):
        tracer.begin_request()
        tracer.end_request("GET", "/", 200)
    assert len(tracer.take()) == MOST_SPANS


def test_it_is_written_as_otlp_has_it_in_json():
    """The fields' names and forms are those of opentelemetry-proto's trace.proto, in the JSON of OTLP/HTTP."""
    clock = Clock()
    tracer = Tracer(clock)
    tracer.begin_request()
    tracer.end_request("POST", "/offers/{id}/acceptance", 503)
    [span] = tracer.take()
    [resource] = spans_as_json([span], "0.1")["resourceSpans"]
    assert {"key": "service.name", "value": {"stringValue": "fireside"}} in resource["resource"]["attributes"]
    [[written]] = [scope["spans"] for scope in resource["scopeSpans"]]
    assert (written["traceId"], written["spanId"], written["kind"]) == (span.trace, span.id, SERVER)
    assert (written["startTimeUnixNano"], written["status"]) == (str(START), {"code": FAILED})
    assert {"key": "http.response.status_code", "value": {"intValue": "503"}} in written["attributes"]
