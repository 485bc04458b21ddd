"""A few sentences for mentors and for mentees where they help: before the first call, after a missed one, and when it
did not suit the mentee. Each goes away for good with one tap.

They are drawn from what studies of mentoring recommend: communicate, adjust, be authentic, listen, support.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.i18n.texts import N_


class Guide(StrEnum):
    MENTOR_FIRST = "mentor_first"
    MENTEE_FIRST = "mentee_first"
    MENTOR_MISSED = "mentor_missed"
    MENTEE_MISSED = "mentee_missed"
    MENTOR_NOT_NOW = "mentor_not_now"
    MENTEE_NOT_NOW = "mentee_not_now"


@dataclass(frozen=True, slots=True)
class GuideText:
    title: str
    sentences: tuple[str, ...]


G = Guide
TEXTS: Mapping[Guide, GuideText] = {
    G.MENTOR_FIRST: GuideText(
        N_("Before your first call"),
        (
            N_(
                "Begin with yourself: a few sentences about your own path, also about what went wrong, make it "
                "easier to talk."
            ),
            N_("Ask how your mentee likes to communicate and what they hope for, and listen more than you advise."),
            N_("Agree on something small for next time. More need not come of the first call."),
        ),
    ),
    G.MENTEE_FIRST: GuideText(
        N_("Before your first call"),
        (
            N_("You need not prepare anything. One thing that you would like to talk about is enough."),
            N_("Say what helps you in a conversation, and what you would rather not talk about. Both are welcome."),
            N_("Video, phone, or another time: you may ask for what suits you, each time again."),
        ),
    ),
    G.MENTOR_MISSED: GuideText(
        N_("You missed each other"),
        (
            N_(
                "That happens, and mostly it has to do with life, not with you. A kind word without a question is "
                "enough."
            ),
            N_("Offer another time or another way: a phone call may be easier than video, and shorter may be better."),
        ),
    ),
    G.MENTEE_MISSED: GuideText(
        N_("You missed each other"),
        (
            N_("That happens to everybody. Nobody counts it, and you need not explain it."),
            N_("A short message is enough to find another time. You may also say that it should be later, or shorter."),
        ),
    ),
    G.MENTOR_NOT_NOW: GuideText(
        N_("It did not suit just now"),
        (
            N_("A 'not now' is not a no to you. People stay when they may say it without a reason."),
            N_("Make it easy to come back: write that you are there, ask what would suit better, and adjust to it."),
        ),
    ),
    G.MENTEE_NOT_NOW: GuideText(
        N_("You said 'not now'"),
        (
            N_("That is all right, and your mentor has seen no reason. It is you who says when it suits again."),
            N_("If something else would suit you better (by phone, shorter, less often), you can suggest it."),
        ),
    ),
}

# What the pages of the guides say: by each recommendation, a title and what it means for the one and for the other.
RECOMMENDATIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "communicate": (
        N_("Communicate"),
        {
            "mentor": N_("Say early how and how often you can be reached, and write first when it has been quiet."),
            "mentee": N_("Say what you need and what has changed. A short line is enough to stay in touch."),
        },
    ),
    "adjust": (
        N_("Adjust"),
        {
            "mentor": N_("Ask now and then whether time, way and length still fit, and change them without a fuss."),
            "mentee": N_("You may ask for another time, another way or a break. Nothing needs a reason."),
        },
    ),
    "authentic": (
        N_("Be yourself"),
        {
            "mentor": N_("Tell of what was hard for you too. It is hard to talk to somebody who shows only success."),
            "mentee": N_("You need not make a good impression. What is really on your mind is the best topic."),
        },
    ),
    "listen": (
        N_("Listen"),
        {
            "mentor": N_("Ask, wait, and say back what you heard, before you advise. Silence may last."),
            "mentee": N_("Take from advice what fits you. You decide what becomes of it."),
        },
    ),
    "support": (
        N_("Support"),
        {
            "mentor": N_("Keep what you promise, introduce people, and be glad about small steps."),
            "mentee": N_(
                "Tell how it went when you tried something, also when it did not work: your mentor would like to know."
            ),
        },
    ),
}


@dataclass(frozen=True, slots=True)
class GuideMoment:
    """Where a mentorship stands: whether the two have met, whether they missed each other last, and whether the newest
    offer did not suit the mentee and nothing is agreed since."""

    has_met: bool
    missed: bool
    not_now: bool


def guide_for(role: str, moment: GuideMoment, dismissed: Collection[Guide]) -> Guide | None:
    """The one that helps a `mentor` or a `mentee` now; None when none does, or they do not want to see it."""
    if moment.missed:
        name = "missed"
    elif moment.not_now:
        name = "not_now"
    elif not moment.has_met:
        name = "first"
    else:
        return None
    guide = Guide(f"{role}_{name}")
    return None if guide in dismissed else guide
