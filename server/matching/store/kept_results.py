"""How the results of runs are kept: as JSON, without anything that somebody keeps from others."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from server.matching.rules.model import (
    ChangeCost,
    Fairness,
    MatchFigures,
    MatchReasons,
    MatchResult,
    NextBest,
    Pin,
    PinRefusal,
    SharedHour,
    Suggestion,
    Term,
)


@dataclass(frozen=True, slots=True)
class KeptReasons:
    """The reasons of a pair. `week` is the Monday of the week (UTC) to which their times belong."""

    week: date
    reasons: MatchReasons


@dataclass(frozen=True, slots=True)
class KeptDetails:
    """What those who coordinate the scheme see beside the reasons of a suggestion."""

    points: Mapping[Term, int]
    next_best: tuple[NextBest, ...]


@dataclass(frozen=True, slots=True)
class KeptRefusal:
    mentor: int
    mentee: int
    reason: PinRefusal


@dataclass(frozen=True, slots=True)
class KeptCost:
    """What a pin or a ban cost: see ChangeCost."""

    mentor: int
    mentee: int
    pin: bool
    with_it: MatchFigures
    without_it: MatchFigures
    moved: int


@dataclass(frozen=True, slots=True)
class KeptReport:
    """How a run came out as a whole."""

    fairness: Fairness
    refused: tuple[KeptRefusal, ...]
    costs: tuple[KeptCost, ...]


def reasons_json(suggestion: Suggestion, week: date) -> str:
    return _json({"week": week.isoformat(), **asdict(suggestion.reasons)})


def reasons_from(text: str) -> KeptReasons | None:
    """None once they were deleted."""
    if not text:
        return None
    kept = json.loads(text)
    times = tuple(SharedHour(**each) for each in kept["times"])
    lists = ("topics", "words", "languages", "media", "mentee_wishes", "mentor_wishes")
    return KeptReasons(
        date.fromisoformat(kept["week"]), MatchReasons(times=times, **{name: tuple(kept[name]) for name in lists})
    )


def details_json(suggestion: Suggestion) -> str:
    points = {term.value: points for term, points in suggestion.points.items()}
    return _json({"points": points, "next_best": [asdict(each) for each in suggestion.next_best]})


def details_from(text: str) -> KeptDetails:
    kept = json.loads(text)
    points = {Term(term): points for term, points in kept["points"].items()}
    return KeptDetails(points, tuple(NextBest(**each) for each in kept["next_best"]))


def report_json(result: MatchResult, here: Collection[int]) -> str:
    """Pairs of which one is not `here` any more are not in it. See also server/schemes/store/forgetting.py."""
    refused = [asdict(each.pin) | {"reason": each.reason.value} for each in result.refused]
    pairs = {"refused": refused, "costs": [_cost(each) for each in result.costs]}
    kept = {
        name: [each for each in found if each["mentor"] in here and each["mentee"] in here]
        for name, found in pairs.items()
    }
    return _json({"fairness": asdict(result.fairness), **kept})


def report_from(text: str) -> KeptReport:
    kept = json.loads(text)
    counts, ways = kept["fairness"], {}
    for name in ("result", "greedy", "highest_sum"):
        ways[name] = MatchFigures(**counts[name])
    return KeptReport(
        Fairness(counts["mentors"], counts["mentees"], counts["places"], **ways),
        tuple(KeptRefusal(each["mentor"], each["mentee"], PinRefusal(each["reason"])) for each in kept["refused"]),
        tuple(
            KeptCost(
                mentor=each["mentor"],
                mentee=each["mentee"],
                pin=each["pin"],
                with_it=MatchFigures(**each["with_it"]),
                without_it=MatchFigures(**each["without_it"]),
                moved=each["moved"],
            )
            for each in kept["costs"]
        ),
    )


def _cost(cost: ChangeCost) -> dict[str, Any]:
    figures = {"with_it": asdict(cost.with_it), "without_it": asdict(cost.without_it), "moved": cost.moved}
    return {"mentor": cost.change.mentor, "mentee": cost.change.mentee, "pin": isinstance(cost.change, Pin), **figures}


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
