"""What is missing on a server, and what is said about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.admin.rules.setup import CHECK_LASTS, SetupFacts, SetupState, SetupTopic, setup_steps
from server.backup.rules import BACKUP_LASTS, BackupFinding, BackupReport, BackupWork
from server.calls.rules.media_check import Check, CheckOrigin, MediaPath, MediaProtocol
from server.i18n.texts import Text
from tests.server.actors import NOW

UDP, TCP = (MediaPath(protocol, "192.0.2.1", 8444, 10, 10, 1.0) for protocol in MediaProtocol)
GOOD = SetupFacts(
    base_url="https://meet.example.org",
    mailing=True,
    mail_stopped=False,
    undelivered=0,
    foreign=(),
    check=Check(CheckOrigin.BROWSER, NOW, (UDP, TCP)),
    ledger_holds=True,
    ledger_said=Text("The ledger is intact."),
    admins=2,
    backup=BackupReport(BackupWork.BACKUP, NOW, BackupFinding.HOLDS, "/backups/1", NOW),
    drill=BackupReport(BackupWork.DRILL, NOW, BackupFinding.HOLDS, "/backups/1", NOW),
)


def missing(facts, now=NOW):
    return {step.topic: step for step in setup_steps(facts, now) if step.state is SetupState.MISSING}


def test_where_everything_is_set_nothing_is_missing():
    assert {step.state for step in setup_steps(GOOD, NOW)} == {SetupState.DONE}


def test_backups_that_were_never_made_are_advised_with_the_command():
    facts = replace(GOOD, backup=None, drill=None)
    assert missing(facts) == {}
    (note,) = [step for step in setup_steps(facts, NOW) if step.state is SetupState.NOTE]
    assert (note.topic, note.setting) == (SetupTopic.BACKUPS, "fireside backup FOLDER")


def test_backups_that_were_not_tried_yet_are_good_until_then():
    (step,) = [each for each in setup_steps(replace(GOOD, drill=None), NOW) if each.topic is SetupTopic.BACKUPS]
    assert (step.state, step.at, step.made_at) == (SetupState.DONE, None, NOW)


@pytest.mark.parametrize(
    ("otherwise", "topic", "said"),
    [
        ({"mailing": False}, SetupTopic.EMAIL, "No mail server is set"),
        ({"mail_stopped": True}, SetupTopic.EMAIL, "takes no emails"),
        ({"undelivered": 1}, SetupTopic.EMAIL, "could not be delivered"),
        ({"foreign": ("https://other.example",)}, SetupTopic.ADDRESS, "https://other.example, where no form works"),
        ({"base_url": "https://127.0.0.1"}, SetupTopic.ADDRESS, "only this machine"),
        ({"base_url": "https://localhost"}, SetupTopic.ADDRESS, "only this machine"),
        ({"base_url": "http://meet.example.org"}, SetupTopic.ENCRYPTION, "without https"),
        ({"check": None}, SetupTopic.CALLS, "Nobody has checked"),
        ({"check": Check(CheckOrigin.BROWSER, NOW, ())}, SetupTopic.CALLS, "no call reached"),
        ({"check": Check(CheckOrigin.BROWSER, NOW, (TCP,))}, SetupTopic.CALLS, "over TCP only"),
        ({"check": replace(GOOD.check, at=NOW - CHECK_LASTS - timedelta(days=1))}, SetupTopic.CALLS, "long ago"),
        (
            {"backup": replace(GOOD.backup, finding=BackupFinding.FAILED, reason="no room")},
            SetupTopic.BACKUPS,
            "could not be made",
        ),
        (
            {"backup": replace(GOOD.backup, made_at=NOW - BACKUP_LASTS - timedelta(minutes=1))},
            SetupTopic.BACKUPS,
            "No backup was made for days",
        ),
        ({"drill": replace(GOOD.drill, finding=BackupFinding.LEDGER)}, SetupTopic.BACKUPS, "could not be restored"),
        ({"ledger_holds": False, "ledger_said": Text("Entry 1 was altered.")}, SetupTopic.LEDGER, "was altered"),
    ],
    ids=str,
)
def test_each_thing_that_is_missing_is_said_with_its_next_step(otherwise, topic, said):
    found = missing(replace(GOOD, **otherwise))
    assert list(found) == [topic]
    assert said in str(found[topic].said)
    assert found[topic].next is not None


def test_a_single_admin_is_advised_to_make_another():
    assert [step.topic for step in setup_steps(replace(GOOD, admins=1), NOW)][-1] is SetupTopic.ADMINS


def test_a_ledger_whose_check_goes_on_is_not_missing():
    going_on = replace(GOOD, ledger_holds=None, ledger_said=Text("The ledger has not been checked yet."))
    assert missing(going_on) == {}
    assert SetupTopic.LEDGER in [step.topic for step in setup_steps(going_on, NOW) if step.state is SetupState.NOTE]


def test_where_answers_come_in_by_email_stands_after_the_emails():
    assert SetupTopic.REPLIES not in [step.topic for step in setup_steps(GOOD, NOW)]
    step = setup_steps(replace(GOOD, reply_address="reply@meet.example.org"), NOW)[1]
    assert (step.topic, step.state, step.setting) == (SetupTopic.REPLIES, SetupState.DONE, "fireside doctor")
    assert "reply@meet.example.org" in str(step.said)
