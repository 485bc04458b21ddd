"""The ledger of choices: entries are added, never changed; each carries the hash of the one before.

An entry's hash covers ids, the choice and the hash of the wording that was shown, and nothing personal:
names and words live beside the ledger and can be erased without breaking the chain.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from server.domain.offers import Medium
from server.domain.texts import message

GENESIS = "0" * 64
LANGUAGE = "en"


class ChoiceKind(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SUGGESTED = "suggested"
    WITHDREW = "withdrew"


WORDINGS: Mapping[str, str] = {
    "accept": message(
        "By accepting you agree to meet at the time and in the way you chose. The other person sees your choice "
        "at once. You can withdraw at any time, from this same link, without giving a reason."
    ),
    "decline": message(
        "If you decline, the other person sees only that it does not suit you. You do not have to explain, "
        "and nothing else follows from it."
    ),
    "suggest": message(
        "Your suggestion goes to the other person, who can accept it, decline it or suggest another. "
        "Nothing is agreed until one of you accepts."
    ),
    "withdraw": message(
        "If you withdraw, the catch-up is called off and its call closes at once. The other person sees that "
        "you withdrew. You do not have to explain."
    ),
}

WORDING_OF: Mapping[ChoiceKind, str] = {
    ChoiceKind.ACCEPTED: "accept",
    ChoiceKind.DECLINED: "decline",
    ChoiceKind.SUGGESTED: "suggest",
    ChoiceKind.WITHDREW: "withdraw",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One ledger entry: who chose what about which offer, when, by which link, on which exact wording."""

    offer_id: int
    person_id: int
    kind: ChoiceKind
    start: datetime | None
    medium: Medium | None
    wording_hash: str
    language: str
    link_id: int
    at: datetime
    previous_hash: str
    hash: str


def wording_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_choice(
    previous_hash: str,
    *,
    offer_id: int,
    person_id: int,
    kind: ChoiceKind,
    link_id: int,
    at: datetime,
    start: datetime | None = None,
    medium: Medium | None = None,
) -> Choice:
    """The next entry after the one whose hash is `previous_hash` (GENESIS for the first)."""
    wording = wording_hash(WORDINGS[WORDING_OF[kind]])
    draft = Choice(offer_id, person_id, kind, start, medium, wording, LANGUAGE, link_id, at, previous_hash, hash="")
    return Choice(
        offer_id,
        person_id,
        kind,
        start,
        medium,
        wording,
        LANGUAGE,
        link_id,
        at,
        previous_hash,
        entry_hash(draft),
    )


def entry_hash(choice: Choice) -> str:
    """SHA-256 (hex) over the entry's canonical JSON: an array in the order of the fields, times in UTC."""
    content = [
        choice.previous_hash,
        choice.offer_id,
        choice.person_id,
        choice.kind.value,
        _stamp(choice.start),
        choice.medium.value if choice.medium else None,
        choice.wording_hash,
        choice.language,
        choice.link_id,
        _stamp(choice.at),
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def first_break(choices: Iterable[Choice]) -> int | None:
    """The index of the first entry that was altered or whose predecessor is gone; None when all hold."""
    previous = GENESIS
    for index, choice in enumerate(choices):
        if choice.previous_hash != previous or entry_hash(choice) != choice.hash:
            return index
        previous = choice.hash
    return None


def _stamp(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat(timespec="microseconds") if time else None
