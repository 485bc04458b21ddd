"""Each email that an action or a rule queues can be written, and each that can be written is queued."""

import ast
from datetime import UTC, datetime
from pathlib import Path

from server.app import make_mailer
from server.catchups.emails import KINDS
from server.catchups.rules import offers, proposals
from server.catchups.rules.bookings import REMINDERS
from server.guests.emails import KINDS as GUEST_EMAILS
from server.introductions.emails import KINDS as INTRODUCTION_EMAILS
from server.mail.transport import FolderTransport
from server.matching.emails import KINDS as MATCH_EMAILS
from server.mentorships.emails import KINDS as MENTORSHIP_EMAILS
from server.people.actions.emails import TEMPLATES as LINK_EMAILS
from server.room.emails import KIND
from server.schemes.emails import KINDS as MEMBERSHIP_EMAILS
from tests.server.sending import SEALER

ROOT = Path(__file__).parents[2]
QUEUEING = {"Notice", "enqueue", "BookingConsequence"}
FEATURES = [path for path in (ROOT / "templates").iterdir() if path.is_dir()]
TEMPLATES = {path.stem for path in (ROOT / "templates").glob("*/emails/*.email")}
DECIDING = [
    ast.parse(module.read_text())
    for layer in ("actions", "rules")
    for module in (ROOT / "server").glob(f"*/{layer}/*.py")
]
# The kinds that the rules hold in tables.
TABLES = {
    *REMINDERS,
    *(kind for each in offers.CONSEQUENCES.values() for kind in (*each.emails.values(), *each.receipts.values())),
    *(kind for emails in offers.MOVE_EMAILS.values() for kind in emails.values()),
    *proposals.NEW_OFFER_EMAILS.values(),
    *proposals.NEW_MOVE_EMAILS.values(),
    *proposals.SUGGESTION_EMAILS.values(),
}


def texts(tree: ast.AST) -> set[str]:
    """The texts in a piece of code, but for those that are put together, such as events and paths."""
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    together = {id(text) for part in parts for text in ast.walk(part)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text.value for text in found if id(text) not in together and text.value.isidentifier()}


def queues(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return False
    return (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) in QUEUEING


def test_each_email_that_is_queued_can_be_written() -> None:
    queued = TABLES.union(*(texts(node) for tree in DECIDING for node in ast.walk(tree) if queues(node)))
    assert {"offer_made", "you_suggested", "move_declined", "booking_moved", "running_late"} <= queued
    assert queued - TEMPLATES == set()


def test_each_email_that_can_be_written_is_queued() -> None:
    assert TEMPLATES - set().union(*(texts(tree) for tree in DECIDING)) == set()


def test_each_kind_has_its_template_and_its_feature() -> None:
    by_feature = {path.name: {each.stem for each in (path / "emails").glob("*.email")} for path in FEATURES}
    assert {name: kinds for name, kinds in by_feature.items() if kinds} == {
        "catchups": KINDS,
        "people": set(LINK_EMAILS),
        "guests": GUEST_EMAILS,
        "introductions": INTRODUCTION_EMAILS,
        "mentorships": MENTORSHIP_EMAILS,
        "room": {KIND},
        "matching": MATCH_EMAILS,
        "schemes": MEMBERSHIP_EMAILS,
    }
    assert (
        set(
            make_mailer(
                FolderTransport(ROOT), "", "", lambda: datetime.now(UTC), sealer=SEALER, guest_key=bytes(32)
            ).compose
        )
        == TEMPLATES
    )


def test_both_forms_of_an_email_have_the_same_parts() -> None:
    """An email is written once, and its parts look different as text and as HTML."""
    text, html = ((ROOT / f"templates/mail/parts.{form}").read_text() for form in ("txt", "html"))
    assert macros(text) == macros(html)


def macros(template: str) -> list[str]:
    return sorted(line.split("macro ")[1].split("(")[0] for line in template.splitlines() if "{% macro" in line)
