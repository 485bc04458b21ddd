"""Each e-mail that an action queues can be written, and each that can be written is queued."""

import ast
from datetime import UTC, datetime
from pathlib import Path

from server.app import make_mailer
from server.catchups.actions.notifications import REMINDERS
from server.catchups.emails import KINDS
from server.mail.transport import FolderTransport
from server.people.actions.emails import FRESH_LINK

ROOT = Path(__file__).parents[2]
QUEUEING = {"tell", "tell_if_invited", "tell_of_offer", "enqueue", "_tell_not_now"}
FEATURES = [path for path in (ROOT / "templates").iterdir() if path.is_dir()]
TEMPLATES = {path.stem for path in (ROOT / "templates").glob("*/emails/*.email")}
ACTIONS = [ast.parse(module.read_text()) for module in (ROOT / "server").glob("*/actions/*.py")]


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
    queued = set(REMINDERS).union(*(texts(node) for tree in ACTIONS for node in ast.walk(tree) if queues(node)))
    assert {"offer_made", "you_suggested", "move_declined"} <= queued
    assert queued - TEMPLATES == set()


def test_each_email_that_can_be_written_is_queued() -> None:
    assert TEMPLATES - set().union(*(texts(tree) for tree in ACTIONS)) == set()


def test_each_kind_has_its_template_and_its_feature() -> None:
    by_feature = {path.name: {each.stem for each in (path / "emails").glob("*.email")} for path in FEATURES}
    assert {name: kinds for name, kinds in by_feature.items() if kinds} == {"catchups": KINDS, "people": {FRESH_LINK}}
    assert set(make_mailer(FolderTransport(ROOT), "", "", lambda: datetime.now(UTC)).compose) == TEMPLATES


def test_both_forms_of_an_email_have_the_same_parts() -> None:
    """An e-mail is written once, and its parts look different as text and as HTML."""
    text, html = ((ROOT / f"templates/mail/parts.{form}").read_text() for form in ("txt", "html"))
    assert macros(text) == macros(html)


def macros(template: str) -> list[str]:
    return sorted(line.split("macro ")[1].split("(")[0] for line in template.splitlines() if "{% macro" in line)
