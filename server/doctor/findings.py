"""What the doctor finds: each part of the server with a verdict, what was seen, and how to correct it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """`SOON`: people do not notice it yet, or a part of what the server could do is missing."""

    GOOD = 0
    SOON = 1
    WRONG = 2


# The exit codes. 2 is for arguments that are wrong, of this command as of all.
EXIT_CODES = {Verdict.GOOD: 0, Verdict.SOON: 3, Verdict.WRONG: 1}


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """`help` says how to correct it: empty where all is well."""

    part: str
    verdict: Verdict
    said: str
    help: str = ""

    @property
    def lines(self) -> str:
        return f"{self.verdict.name.lower():5}  {self.part}: {self.said}" + (
            f"\n       {self.help}" if self.help else ""
        )


def good(part: str, said: str) -> DoctorFinding:
    return DoctorFinding(part, Verdict.GOOD, said)


def soon(part: str, said: str, advice: str) -> DoctorFinding:
    return DoctorFinding(part, Verdict.SOON, said, advice)


def wrong(part: str, said: str, advice: str) -> DoctorFinding:
    return DoctorFinding(part, Verdict.WRONG, said, advice)


def exit_code(findings: Iterable[DoctorFinding]) -> int:
    """That of the worst."""
    return EXIT_CODES[max((each.verdict for each in findings), default=Verdict.GOOD)]
