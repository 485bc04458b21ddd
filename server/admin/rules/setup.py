"""What a host has set up and what is still missing, each with its next step. Pure: the facts come from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from server.backup.rules import BACKUP_LASTS, BackupFinding, BackupReport
from server.calls.rules.media_check import Check, MediaProtocol
from server.i18n.texts import N_, Text

CHECK_LASTS = timedelta(days=90)
BACKUP_COMMAND = "fireside backup FOLDER"
HOOKS = "/admin/hooks"


class SetupTopic(StrEnum):
    EMAIL = "email"
    REPLIES = "replies"
    ADDRESS = "address"
    ENCRYPTION = "encryption"
    CALLS = "calls"
    LEDGER = "ledger"
    BACKUPS = "backups"
    HOOKS = "hooks"
    ADMINS = "admins"


class SetupState(StrEnum):
    """NOTE: the server cannot know it, or it is only advice."""

    DONE = "done"
    MISSING = "missing"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """What is known. `mailing`: a mail server is set; `foreign` are other addresses at which the pages were opened;
    `check` is the latest media check; `ledger_said` is the verdict on the ledger, `ledger_holds` None before its first
    check has come to the end; `backup` is how the newest backup was made and `drill` how the newest trial of one ended,
    None if never; of the webhooks, so many stopped by themselves, and the last tries of so many others failed;
    `reply_address` is where answers by email come in, empty if none are taken."""

    base_url: str
    mailing: bool
    mail_stopped: bool
    undelivered: int
    foreign: Sequence[str]
    check: Check | None
    ledger_holds: bool | None
    ledger_said: Text
    admins: int
    backup: BackupReport | None
    drill: BackupReport | None
    stopped_hooks: int = 0
    failing_hooks: int = 0
    reply_address: str = ""


@dataclass(frozen=True, slots=True)
class SetupStep:
    """How one thing stands. `next` says what to do, None when nothing; `path` is the page for it, empty when there is
    none, and `setting` the name of the setting or the command, empty likewise; `at` is when it was last so. `made_at`
    is the moment of the newest backup, and `reason` says in English what failed."""

    topic: SetupTopic
    state: SetupState
    said: Text
    next: Text | None = None
    path: str = ""
    setting: str = ""
    at: datetime | None = None
    made_at: datetime | None = None
    reason: str = ""


def setup_steps(facts: SetupFacts, now: datetime) -> tuple[SetupStep, ...]:
    """One for each topic, in their order; what a topic lacks first is what its step says."""
    return (
        _email(facts),
        *_replies(facts.reply_address),
        _address(facts),
        _encryption(facts),
        _calls(facts, now),
        _ledger(facts),
        _backups(facts.backup, facts.drill, now),
        *_hooks(facts),
        *_advice(facts),
    )


def _ledger(facts: SetupFacts) -> SetupStep:
    if facts.ledger_holds is None:
        return SetupStep(SetupTopic.LEDGER, SetupState.NOTE, facts.ledger_said)
    if facts.ledger_holds:
        return SetupStep(SetupTopic.LEDGER, SetupState.DONE, facts.ledger_said)
    compare = Text(N_("Compare it with a backup: fireside ledger verify says more."))
    return SetupStep(SetupTopic.LEDGER, SetupState.MISSING, facts.ledger_said, compare)


def _email(facts: SetupFacts) -> SetupStep:
    if not facts.mailing:
        return SetupStep(
            SetupTopic.EMAIL,
            SetupState.MISSING,
            Text(N_("No mail server is set: invitations and links reach nobody.")),
            Text(N_("Name your mail server in this setting.")),
            setting="FIRESIDE_SMTP_URL",
        )
    if facts.mail_stopped:
        said = Text(N_("The mail server takes no emails."))
        return SetupStep(SetupTopic.EMAIL, SetupState.MISSING, said, Text(N_("See what it says.")), "/emails")
    if facts.undelivered:
        said = Text(N_("Some emails could not be delivered."))
        return SetupStep(SetupTopic.EMAIL, SetupState.MISSING, said, Text(N_("See which, and why.")), "/emails")
    return SetupStep(SetupTopic.EMAIL, SetupState.DONE, Text(N_("Emails go out through your mail server.")))


def _replies(address: str) -> Iterator[SetupStep]:
    """Only where the host has set it up. Whether the mail server hands them over cannot be seen from here."""
    if address:
        sentence = N_("People can answer messages by email: your mail server hands over what comes to %(address)s.")
        said, helps = Text(sentence, {"address": address}), Text(N_("This command tries it."))
        yield SetupStep(SetupTopic.REPLIES, SetupState.DONE, said, helps, setting="fireside doctor")


def _address(facts: SetupFacts) -> SetupStep:
    if _is_local(facts.base_url):
        return SetupStep(
            SetupTopic.ADDRESS,
            SetupState.MISSING,
            Text(N_("These pages are at %(address)s: only this machine reaches them."), {"address": facts.base_url}),
            Text(N_("Give the address that people use in this setting.")),
            setting="FIRESIDE_BASE_URL",
        )
    if facts.foreign:
        return SetupStep(
            SetupTopic.ADDRESS,
            SetupState.MISSING,
            Text(N_("People opened these pages at %(other)s, where no form works."), {"other": facts.foreign[0]}),
            Text(N_("If that is the right address, give it in this setting.")),
            setting="FIRESIDE_BASE_URL",
        )
    said = Text(N_("These pages are at %(address)s."), {"address": facts.base_url})
    return SetupStep(SetupTopic.ADDRESS, SetupState.DONE, said)


def _encryption(facts: SetupFacts) -> SetupStep:
    if facts.base_url.startswith("https:"):
        return SetupStep(SetupTopic.ENCRYPTION, SetupState.DONE, Text(N_("The pages are opened over https.")))
    return SetupStep(
        SetupTopic.ENCRYPTION,
        SetupState.MISSING,
        Text(N_("The pages are opened without https: on other machines, browsers then allow no camera.")),
        Text(N_("Put a web server with TLS in front, then begin the address in this setting with https.")),
        setting="FIRESIDE_BASE_URL",
    )


def _calls(facts: SetupFacts, now: datetime) -> SetupStep:
    check, again = facts.check, Text(N_("Check it from your browser."))
    if check is None:
        said = Text(N_("Nobody has checked yet whether calls reach this server."))
        return SetupStep(SetupTopic.CALLS, SetupState.MISSING, said, again, "/media-check")
    works = {finding.protocol for finding in check.findings if finding.works}
    if not works:
        said, state = Text(N_("At the last check no call reached this server.")), SetupState.MISSING
    elif MediaProtocol.UDP not in works:
        said, state = Text(N_("At the last check calls came over TCP only, less smoothly.")), SetupState.MISSING
    elif now - check.at > CHECK_LASTS:
        said, state = Text(N_("Calls reached this server at the last check, which is long ago.")), SetupState.MISSING
    else:
        return SetupStep(SetupTopic.CALLS, SetupState.DONE, Text(N_("Calls reach this server.")), at=check.at)
    return SetupStep(SetupTopic.CALLS, state, said, again, "/media-check", at=check.at)


def _backups(backup: BackupReport | None, drill: BackupReport | None, now: datetime) -> SetupStep:
    made_at = backup.made_at if backup else None
    at = drill.at if drill else None
    if backup is None:
        return SetupStep(
            SetupTopic.BACKUPS,
            SetupState.NOTE,
            Text(N_("Fireside has made no backup yet, and cannot see whether you make them in another way.")),
            Text(N_("Have one made each day, and kept on another machine, with this command.")),
            setting=BACKUP_COMMAND,
        )
    if backup.finding is not BackupFinding.HOLDS:
        return SetupStep(
            SetupTopic.BACKUPS,
            SetupState.MISSING,
            Text(N_("The last backup could not be made.")),
            Text(N_("Make one with this command.")),
            setting=BACKUP_COMMAND,
            at=backup.at,
            made_at=made_at,
            reason=backup.reason,
        )
    if made_at is not None and now - made_at > BACKUP_LASTS:
        said, helps = Text(N_("No backup was made for days.")), Text(N_("Make one with this command."))
        return SetupStep(SetupTopic.BACKUPS, SetupState.MISSING, said, helps, setting=BACKUP_COMMAND, made_at=made_at)
    if drill is None:
        said = Text(N_("Backups are made. The server tries each week whether the newest one can be restored."))
        return SetupStep(SetupTopic.BACKUPS, SetupState.DONE, said, made_at=made_at)
    if drill.finding is BackupFinding.HOLDS:
        said = Text(N_("Backups are made. One was restored to try it: it was complete, and its ledger intact."))
        return SetupStep(SetupTopic.BACKUPS, SetupState.DONE, said, at=at, made_at=made_at)
    said = Text(N_("Backups are made, but one could not be restored when this was tried."))
    return SetupStep(
        SetupTopic.BACKUPS,
        SetupState.MISSING,
        said,
        Text(N_("Make a new one, and try it with this command.")),
        setting="fireside drill",
        at=at,
        made_at=made_at,
        reason=drill.reason,
    )


def _hooks(facts: SetupFacts) -> Iterator[SetupStep]:
    """Only where one needs care."""
    if facts.stopped_hooks:
        said = Text(N_("A webhook has stopped: a system of yours is told nothing."))
        yield SetupStep(SetupTopic.HOOKS, SetupState.MISSING, said, Text(N_("See why, and start it again.")), HOOKS)
    elif facts.failing_hooks:
        said = Text(N_("A webhook cannot be reached at the moment. It is tried again by itself."))
        yield SetupStep(SetupTopic.HOOKS, SetupState.NOTE, said, Text(N_("See what it answers.")), HOOKS)


def _advice(facts: SetupFacts) -> Iterator[SetupStep]:
    if facts.admins == 1:
        yield SetupStep(
            SetupTopic.ADMINS,
            SetupState.NOTE,
            Text(N_("There is one admin.")),
            Text(N_("Make another, so that somebody can help when one is away.")),
            "/admin/accounts",
        )


def _is_local(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
