"""What an event says, and how it is signed: as Standard Webhooks says."""

import base64
import json
from datetime import UTC, datetime, timedelta

from server.webhooks.rules.events import (
    EventSubject,
    HookEvent,
    body_of,
    event_id,
    headers_of,
    shown_secret,
    signing_key,
)
from tests.server.actors import NOW


def test_the_signature_is_that_of_the_standard() -> None:
    """An example that the standard's own libraries test with."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', key, at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


def test_a_body_holds_ids_and_nothing_else() -> None:
    body = json.loads(body_of(HookEvent.MOVED, NOW, EventSubject(7, 3, 5)))
    assert body == {
        "type": "session.moved",
        "timestamp": "2026-11-23T12:00:00Z",
        "data": {"session_id": 7, "mentorship_id": 3, "replaces_id": 5},
    }
    assert json.loads(body_of(HookEvent.HELD, NOW, EventSubject(7, 3, None)))["data"] == {
        "session_id": 7,
        "mentorship_id": 3,
    }
    assert json.loads(body_of(HookEvent.TEST, NOW, None))["data"] == {}


def test_the_same_event_has_the_same_id_and_a_second_end_another() -> None:
    later = NOW + timedelta(hours=1)
    assert event_id(HookEvent.HELD, 7, NOW) == event_id(HookEvent.HELD, 7, later) == "session-7-held"
    assert event_id(HookEvent.ENDED, 7, NOW) != event_id(HookEvent.ENDED, 7, later)
    assert not any("." in event_id(event, 7, NOW) for event in HookEvent)


def test_each_hook_has_a_secret_of_its_own() -> None:
    assert signing_key(b"server", "a") != signing_key(b"server", "b") != signing_key(b"another", "b")
    assert base64.b64decode(shown_secret(signing_key(b"server", "a")).removeprefix("whsec_")) == signing_key(
        b"server", "a"
    )
