"""Matching 2,000 mentors with 3,000 mentees: seconds, memory and how it comes out, beside the best pair first and the
highest sum in the same run; then a scheme in which mentors are few.

    python -m bench.matching [MENTORS MENTEES]

Run by `make bench`. Each of the schemes is matched in a process of its own, as a run is.
"""

import itertools
import multiprocessing
import random
import resource
import sys
import time

from server.matching.rules.model import HOUR_SLOTS, WEEK_SLOTS, Applicant, MatchFigures, MatchSide

LANGUAGES = ("en", "de", "ar", "tr", "uk", "fr", "es", "fa")
TOPICS = 40
SUBJECTS = 600
WORDS_EACH = 25
SPANS = range(1, 6)
FIRST_SLOT, LAST_SLOT = 14, 44


def people(mentors: int, mentees: int, most_places: int, seed: int) -> list[Applicant]:
    """Drawn: from one to three languages, one to five stretches of free time, words of which some are common."""
    random_ = random.Random(seed)  # noqa: S311 the same people each time
    subjects = [f"subject{number}" for number in range(SUBJECTS)]
    return [
        Applicant(
            id=number,
            side=side,
            languages=frozenset(
                {*random_.choices(LANGUAGES, weights=(8, 5, 3, 2, 2, 1, 1, 1), k=random_.randint(1, 3))}
            ),
            slots=_slots(random_),
            media=frozenset(random_.choice((("video",), ("video", "phone"), ("phone",)))),
            topics=frozenset(random_.sample(range(TOPICS), random_.randint(1, 6))),
            words=" ".join(random_.choices(subjects, weights=[1 / (at + 1) for at in range(SUBJECTS)], k=WORDS_EACH)),
            capacity=random_.randint(1, most_places),
            department=f"department {random_.randrange(60)}",
            other_department=random_.random() < 0.2,
            not_with=frozenset({random_.randrange(mentors + mentees)}) if random_.random() < 0.05 else frozenset(),
        )
        for number, side in enumerate([MatchSide.MENTOR] * mentors + [MatchSide.MENTEE] * mentees)
    ]


def _slots(random_: random.Random) -> frozenset[int]:
    slots: set[int] = set()
    for _ in range(random_.choice(SPANS)):
        begins = random_.randrange(7) * 48 + random_.randint(FIRST_SLOT, LAST_SLOT)
        slots.update((begins + more) % WEEK_SLOTS for more in range(random_.randint(HOUR_SLOTS, 3 * HOUR_SLOTS)))
    return frozenset(slots)


def measure(title: str, mentors: int, mentees: int, most_places: int) -> None:
    # Only the process of a matching pays for numpy and scipy.
    from server.matching.solving.matching import match

    applicants = people(mentors, mentees, most_places, seed=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reached: list[tuple[int, float]] = []
    began, worked = time.monotonic(), time.process_time()
    result = match(applicants, (), (), 1, lambda percent: reached.append((percent, time.monotonic() - began)))
    took, worked = time.monotonic() - began, time.process_time() - worked
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert [percent for percent, _ in reached] == sorted({percent for percent, _ in reached})
    fairness = result.fairness
    print(f"{title}: {mentors:,} mentors with {fairness.places:,} places, {mentees:,} mentees")
    longest = max(after - before_ for (_, before_), (_, after) in itertools.pairwise(reached))
    print(f"  {took:.1f} s ({worked:.1f} s of one core), at most {longest:.1f} s between two percents")
    print(f"  {before / 1024:.0f} MB with libraries loaded, {most / 1024:.0f} MB at most")
    for name, figures in (
        ("this result", fairness.result),
        ("best pair first", fairness.greedy),
        ("highest sum", fairness.highest_sum),
    ):
        print(f"  {name:16}{line(figures)}", flush=True)


def line(figures: MatchFigures) -> str:
    share = 100 * figures.first_choices / max(1, figures.matched)
    return f"{figures.matched:6,} matched, worst {figures.worst}, sum {figures.total:,}, first choices {share:.0f} %"


def main() -> None:
    mentors, mentees = (int(each) for each in sys.argv[1:3]) if len(sys.argv) > 2 else (2000, 3000)
    processes = multiprocessing.get_context("spawn")
    for title, places in (("Enough places", 3), ("Scarce places", 1)):
        process = processes.Process(target=measure, args=(title, mentors, mentees, places))
        process.start()
        process.join()
        assert process.exitcode == 0, process.exitcode


if __name__ == "__main__":
    main()
