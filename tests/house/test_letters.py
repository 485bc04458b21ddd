"""Each letter that an action promises can be written, and each that can be written is promised."""

import ast
from pathlib import Path

from server.catchups.rules import offers, proposals
from server.catchups.rules.bookings import REMINDERS

ROOT = Path(__file__).parents[2]
PROMISING = {"Notice", "promise_letter", "BookingConsequence"}
WRITABLE = {path.stem for path in (ROOT / "templates/mail").glob("*.letter")}
DECIDING = [
    ast.parse(module.read_text())
    for layer in ("actions", "rules")
    for module in (ROOT / "server").glob(f"*/{layer}/*.py")
]
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


def promises(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return False
    return (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) in PROMISING


def test_each_letter_that_is_promised_can_be_written() -> None:
    promised = TABLES.union(*(texts(node) for tree in DECIDING for node in ast.walk(tree) if promises(node)))
    assert {"offer_made", "you_suggested", "move_declined", "booking_moved", "running_late", "fresh_link"} <= promised
    assert promised - WRITABLE == set()


def test_each_letter_that_can_be_written_is_promised() -> None:
    assert WRITABLE - set().union(*(texts(tree) for tree in DECIDING)) == set()


def test_each_kind_of_letter_has_the_same_parts() -> None:
    """A letter is written once, and its parts look different as text and as HTML."""
    text, html = ((ROOT / f"templates/mail/parts.{form}").read_text() for form in ("txt", "html"))
    assert macros(text) == macros(html)


def macros(template: str) -> list[str]:
    return sorted(line.split("macro ")[1].split("(")[0] for line in template.splitlines() if "{% macro" in line)
