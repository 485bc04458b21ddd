"""The ledger of choices: entries are added, never changed; each carries the hash of the one before.

An entry's hash covers ids, the choice and the hash of the wording that was shown, and nothing personal:
names and words live beside the ledger and can be erased without breaking the chain. An entry says which format its hash
is made in; older formats stay valid, and new entries are written in the newest.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from server.catchups.rules.drafts import Medium
from server.i18n.catalog import Language
from server.i18n.texts import N_
from server.people.rules.visitors import Visitor

GENESIS = "0" * 64


class SubjectKind(StrEnum):
    """What a choice can be about."""

    OFFER = "offer"
    ROUTINE = "routine"
    INTRODUCTION = "introduction"
    MEMBERSHIP = "membership"
    MATCH = "match"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a choice is about: its kind, and its id among those of the kind."""

    kind: SubjectKind
    id: int


class ChoiceKind(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    POSTPONED = "postponed"
    SUGGESTED = "suggested"
    TOOK_BACK = "took_back"
    WITHDREW = "withdrew"
    UNDID = "undid"
    ALLOWED_PHONE = "allowed_phone"
    DISALLOWED_PHONE = "disallowed_phone"
    SET_ROUTINE = "set_routine"
    PAUSED_ROUTINE = "paused_routine"
    RESUMED_ROUTINE = "resumed_routine"
    ENDED_ROUTINE = "ended_routine"
    AGREED_CONTACT = "agreed_contact"
    ENDED_CONTACT = "ended_contact"
    JOINED_SCHEME = "joined_scheme"
    LEFT_SCHEME = "left_scheme"
    AGREED_MATCH = "agreed_match"
    LEFT_MATCH = "left_match"
    AGREED_GUEST = "agreed_guest"
    ENDED_GUEST = "ended_guest"
    TOOK_SEAT = "took_seat"
    LEFT_SEAT = "left_seat"


class Channel(StrEnum):
    """By which page a choice came, or that a routine made the offer on the wording with which it was set."""

    PAGE = "page"
    CALL = "call"
    ROUTINE = "routine"


WORDINGS: Mapping[ChoiceKind, str] = {
    ChoiceKind.OFFERED: N_(
        "By sending this you agree to meet at any of these times, in any of these ways. Only the other person sees "
        "your words. You can change or take back the offer until it is answered, and withdraw at any time after."
    ),
    ChoiceKind.ACCEPTED: N_(
        "By accepting you agree to meet at the time and in the way you chose. The other person sees your choice "
        "at once. You can withdraw at any time, from this same link, without giving a reason."
    ),
    ChoiceKind.DECLINED: N_(
        "If you decline, the other person sees only that it does not suit you. You do not have to explain, "
        "and nothing else follows from it."
    ),
    ChoiceKind.POSTPONED: N_(
        "The other person sees that it does not suit you now, and from when you would like to be asked again. "
        "You do not have to explain."
    ),
    ChoiceKind.SUGGESTED: N_(
        "Your suggestion goes to the other person, who can accept it, decline it or suggest another. "
        "Nothing is agreed until one of you accepts."
    ),
    ChoiceKind.TOOK_BACK: N_(
        "We tell the other person that they no longer need to answer. You can offer another catch-up at any time."
    ),
    ChoiceKind.WITHDREW: N_(
        "If you withdraw, the catch-up is called off and its call closes at once. The other person sees that "
        "you withdrew. You do not have to explain."
    ),
    ChoiceKind.UNDID: N_(
        "Your answer is taken back and the offer waits for you again. The other person sees that it is open again."
    ),
    ChoiceKind.ALLOWED_PHONE: N_(
        "If the video does not work, you can go on by phone. The other person then sees your number, from 15 minutes "
        "before the catch-up until it is over, and only if both of you agree to this."
    ),
    ChoiceKind.DISALLOWED_PHONE: N_("The catch-up stays by video only, and the other person does not see your number."),
    ChoiceKind.SET_ROUTINE: N_(
        "By saving this you agree to meet at these times. We offer each of them to the other person in your name, a "
        "week ahead, or earlier if they would like to accept the next few at once; they can accept, decline or suggest "
        "another time. Offers of an earlier routine that still wait "
        "are taken back. You can change, pause or end the routine at any time."
    ),
    ChoiceKind.PAUSED_ROUTINE: N_(
        "While you pause, the routine offers nothing. The other person sees until when. What is offered or agreed "
        "already stays."
    ),
    ChoiceKind.RESUMED_ROUTINE: N_("The routine goes on at once: its next time is offered a week ahead."),
    ChoiceKind.ENDED_ROUTINE: N_(
        "The routine ends and offers nothing more. If you are the mentor, its offers that still wait are taken back. "
        "What is agreed stays. You do not have to explain."
    ),
    ChoiceKind.AGREED_CONTACT: N_(
        "By saying yes you agree that the other person sees your name and your email address once both of you have "
        "said yes, and not before. Until then nobody is told what you answered. You can take this back at any time."
    ),
    ChoiceKind.ENDED_CONTACT: N_(
        "With a no, neither of you sees the other's name and email address here. Nobody gets a message about it, and "
        "you do not have to explain."
    ),
    ChoiceKind.JOINED_SCHEME: N_(
        "By confirming you ask to take part. Those who run the scheme read what you wrote, to find somebody who suits "
        "you; nobody reads with whom you do not want to be matched. You can change it or leave at any time, from your "
        "personal link, without giving a reason."
    ),
    ChoiceKind.LEFT_SCHEME: N_(
        "You leave the scheme at once, and what you wrote for it is deleted. Those who run it see that you left. You "
        "do not have to explain. A mentorship that you are in goes on until you end it."
    ),
    ChoiceKind.AGREED_MATCH: N_(
        "By saying yes you agree to a mentorship with this person, and to a first call at a time that you chose. "
        "Nothing is agreed until both of you have said yes. You can withdraw at any time, without giving a reason."
    ),
    ChoiceKind.LEFT_MATCH: N_(
        "Your yes is taken back, and you wait for another match as before. The other person sees only that it did not "
        "come about. You do not have to explain."
    ),
    ChoiceKind.AGREED_GUEST: N_(
        "You agree that this person takes part in this one catch-up. Only once both of you have agreed do they get an "
        "email with its time, your names and a link to its call. They see nothing else of yours. In the call they wait "
        "until one of you lets them in. You can take this back at any time, also during the call, without giving a "
        "reason."
    ),
    ChoiceKind.ENDED_GUEST: N_(
        "The seat is then gone, and if the person is in the call, they are out of it at once. You do not have to "
        "explain. The catch-up itself stays as agreed."
    ),
    ChoiceKind.TOOK_SEAT: N_(
        "By saying yes you agree to join this one call. The other two see that you come, and your name in the call. "
        "You can take this back at any time, also during the call, without giving a reason."
    ),
    ChoiceKind.LEFT_SEAT: N_(
        "With a no, the other two are told only that you do not join this time. You do not have to explain. Their "
        "catch-up stays as they agreed it, and so does the introduction."
    ),
}


@dataclass(frozen=True, slots=True)
class ShownWording:
    """What somebody was shown when choosing: the exact wording, its language (BCP 47) and the channel."""

    text: str
    language: str
    channel: Channel = Channel.PAGE

    @property
    def hash(self) -> str:
        return wording_hash(self.text)


def wording(kind: ChoiceKind, language: Language, channel: Channel = Channel.PAGE) -> ShownWording:
    """What people are shown before they make this choice, in the words of their language."""
    return ShownWording(language.gettext(WORDINGS[kind]), language.code, channel)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person says with a choice: who they are, the link that they opened, what they were shown, their words."""

    person_id: int
    link_id: int
    shown: ShownWording
    words: str = ""


@dataclass(frozen=True, slots=True)
class NewChoice:
    """A choice that is to be added to the ledger. `start` and `medium` are those of `Choice`."""

    kind: ChoiceKind
    said: Statement
    start: datetime | None = None
    medium: Medium | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One ledger entry: who chose what about which subject, when, by which link and channel, on which exact wording.

    `format` says how its hash is made: see FORMATS. `start` is the accepted time, or from when somebody who postponed
    may be asked again. `channel` is None in entries that are older than channels.
    """

    format: int
    subject: Subject
    person_id: int
    kind: ChoiceKind
    start: datetime | None
    medium: Medium | None
    wording_hash: str
    language: str
    channel: Channel | None
    link_id: int
    at: datetime
    previous_hash: str
    hash: str


def offer_subject(offer_id: int) -> Subject:
    return Subject(SubjectKind.OFFER, offer_id)


def routine_subject(routine_id: int) -> Subject:
    return Subject(SubjectKind.ROUTINE, routine_id)


def introduction_subject(introduction_id: int) -> Subject:
    return Subject(SubjectKind.INTRODUCTION, introduction_id)


def membership_subject(membership_id: int) -> Subject:
    return Subject(SubjectKind.MEMBERSHIP, membership_id)


def match_subject(proposal_id: int) -> Subject:
    return Subject(SubjectKind.MATCH, proposal_id)


def guest_subject(seat_id: int) -> Subject:
    return Subject(SubjectKind.GUEST, seat_id)


def statement_of(visitor: Visitor, shown: ShownWording, words: str = "") -> Statement:
    return Statement(visitor.person.id, visitor.link_id, shown, words)


def wording_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_choice(previous_hash: str, new: NewChoice, subject: Subject, at: datetime) -> Choice:
    """The next entry after the one whose hash is `previous_hash` (GENESIS for the first)."""
    said = new.said
    draft = Choice(
        format=NEWEST_FORMAT,
        subject=subject,
        person_id=said.person_id,
        kind=new.kind,
        start=new.start,
        medium=new.medium,
        wording_hash=said.shown.hash,
        language=said.shown.language,
        channel=said.shown.channel,
        link_id=said.link_id,
        at=at,
        previous_hash=previous_hash,
        hash="",
    )
    return replace(draft, hash=entry_hash(draft))


def entry_hash(choice: Choice) -> str:
    """SHA-256 (hex) over the entry's canonical JSON, an array that its format makes. Raises KeyError for no format."""
    content = FORMATS[choice.format](choice)
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def _about_offers(choice: Choice) -> list[object]:
    """Format 1: about offers only; a channel comes last, if there is one."""
    content: list[object] = [
        choice.previous_hash,
        choice.subject.id,
        choice.person_id,
        choice.kind.value,
        _stamp(choice.start),
        choice.medium.value if choice.medium else None,
        choice.wording_hash,
        choice.language,
        choice.link_id,
        _stamp(choice.at),
    ]
    if choice.channel is not None:
        content.append(choice.channel.value)
    return content


def _about_subjects(choice: Choice) -> list[object]:
    """Format 2: begins with its number, so that no entry of it passes for one of format 1."""
    return [
        choice.format,
        choice.previous_hash,
        choice.subject.kind.value,
        choice.subject.id,
        choice.person_id,
        choice.kind.value,
        _stamp(choice.start),
        choice.medium.value if choice.medium else None,
        choice.wording_hash,
        choice.language,
        choice.channel.value if choice.channel else None,
        choice.link_id,
        _stamp(choice.at),
    ]


FORMATS: Mapping[int, Callable[[Choice], list[object]]] = {1: _about_offers, 2: _about_subjects}
NEWEST_FORMAT = max(FORMATS)


def holds(choice: Choice) -> bool:
    """Whether the entry is as it was added. Format 1 does not hash the subject's kind: there it is always an offer."""
    if choice.format not in FORMATS or (choice.format == 1 and choice.subject.kind is not SubjectKind.OFFER):
        return False
    return entry_hash(choice) == choice.hash


def _stamp(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat(timespec="microseconds") if time else None
