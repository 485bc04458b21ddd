"""What a backup says of itself, and whether it may be restored."""

from dataclasses import replace as replaced
from datetime import timedelta

import msgspec
import pytest

from server.backup.rules import (
    DRILL_EVERY,
    BackupFinding,
    BackupProblem,
    BackupReport,
    BackupUnreadable,
    BackupWork,
    Engine,
    Manifest,
    check_restorable,
    decode_manifest,
    encode_manifest,
    is_drill_due,
)
from tests.server.actors import NOW

MANIFEST = Manifest(1, NOW, "1.2", Engine.SQLITE, "0020", {"people": 2}, {"secret": "ab"})
MADE = BackupReport(BackupWork.BACKUP, NOW, BackupFinding.HOLDS, "/backups/1", NOW)
TRIED = BackupReport(BackupWork.DRILL, NOW, BackupFinding.HOLDS, "/backups/1", NOW)


def test_a_manifest_is_read_as_it_was_written():
    assert decode_manifest(encode_manifest(MANIFEST)) == MANIFEST


@pytest.mark.parametrize("text", [b"", b"\xff", b"[]", b'{"format": 1}', b'{"format": "1"}'])
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(BackupUnreadable):
        decode_manifest(text)


def test_a_newer_format_is_named():
    with pytest.raises(BackupUnreadable, match="format 2"):
        decode_manifest(encode_manifest(msgspec.structs.replace(MANIFEST, format=2)))


def test_a_newer_schema_and_the_other_database_are_refused():
    check_restorable(MANIFEST, Engine.SQLITE, "0020")
    check_restorable(MANIFEST, Engine.SQLITE, "0021")
    with pytest.raises(BackupProblem, match=r"newer version.*1\.2"):
        check_restorable(MANIFEST, Engine.SQLITE, "0019")
    with pytest.raises(BackupProblem, match="database of sqlite"):
        check_restorable(MANIFEST, Engine.POSTGRESQL, "0020")


@pytest.mark.parametrize(
    ("backup", "drill", "due"),
    [
        (None, None, False),
        (replaced(MADE, finding=BackupFinding.FAILED, made_at=None), None, False),
        (MADE, None, True),
        (MADE, TRIED, False),
        (replaced(MADE, made_at=NOW + timedelta(hours=1)), TRIED, False),
        (MADE, replaced(TRIED, at=NOW - DRILL_EVERY), True),
        (MADE, replaced(TRIED, finding=BackupFinding.UNREADABLE), False),
        (replaced(MADE, made_at=NOW + timedelta(hours=1)), replaced(TRIED, finding=BackupFinding.UNREADABLE), True),
    ],
)
def test_the_newest_backup_is_tried_each_week_and_again_after_one_that_failed(backup, drill, due):
    assert is_drill_due(backup, drill, NOW) is due
