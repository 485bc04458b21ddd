"""The file of a backup."""

import io
import random
import subprocess
import tarfile
from pathlib import Path

import pytest

from server.backup.archive import digest_of, read_archive, write_archive
from server.backup.rules import BackupProblem, BackupUnreadable, Engine, Manifest, encode_manifest
from tests.server.actors import NOW

PASSPHRASE = "correct horse battery"  # noqa: S105 it is the test's own


@pytest.fixture
def written(tmp_path: Path):
    """Writes an archive of two files, and returns its path with its manifest."""
    folder = tmp_path / "from"
    folder.mkdir()
    (folder / "secret").write_text("s" * 43)
    (folder / "database.sqlite3").write_bytes(random.Random(7).randbytes(2_500_000))
    files = {name: folder / name for name in ("secret", "database.sqlite3")}
    digests = {name: digest_of(path) for name, path in files.items()}
    manifest = Manifest(1, NOW, "1.2", Engine.SQLITE, "0020", {"people": 2}, digests)

    def write(passphrase: str = "") -> tuple[Path, Manifest]:
        archive = tmp_path / f"archive{passphrase}"
        with archive.open("w+b") as target:
            write_archive(target, manifest, files, passphrase)
        return archive, manifest

    return write


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_it_is_read_as_it_was_written(tmp_path, written, passphrase):
    archive, manifest = written(passphrase)
    assert read_archive(archive, passphrase) == manifest
    (tmp_path / "to").mkdir()
    assert read_archive(archive, passphrase, tmp_path / "to") == manifest
    assert {path.name: digest_of(path) for path in (tmp_path / "to").iterdir()} == manifest.digests


def test_one_that_is_not_encrypted_opens_with_tar(written):
    archive, _ = written()
    listed = subprocess.run(["tar", "tzf", archive], capture_output=True, text=True, check=True).stdout
    assert listed.split() == ["manifest.json", "secret", "database.sqlite3"]


def test_an_encrypted_one_asks_for_its_passphrase(written):
    archive, _ = written(PASSPHRASE)
    with pytest.raises(BackupUnreadable, match="FIRESIDE_BACKUP_PASSPHRASE"):
        read_archive(archive, "")


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_cut_off_anywhere_or_changed_it_is_unreadable(written, passphrase):
    archive, _ = written(passphrase)
    whole = archive.read_bytes()
    for length in (0, 1, 30, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        archive.write_bytes(whole[:length])
        with pytest.raises(BackupUnreadable):
            read_archive(archive, passphrase)
    for place in (len(whole) // 2, len(whole) - 6):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupUnreadable):
            read_archive(archive, passphrase)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BackupProblem, match="There is no file"):
        read_archive(tmp_path / "none", "")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "other"])
def test_nothing_is_written_that_the_manifest_does_not_name_or_outside_of_the_folder(tmp_path, name):
    manifest = Manifest(1, NOW, "1.2", Engine.SQLITE, "0020", {}, {} if name == "other" else {name: "ab"})
    with tarfile.open(tmp_path / "archive", "w:gz") as tar:
        for entry, content in (("manifest.json", encode_manifest(manifest)), (name, b"x")):
            about = tarfile.TarInfo(entry)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    (tmp_path / "to").mkdir()
    with pytest.raises(BackupUnreadable, match="does not belong there"):
        read_archive(tmp_path / "archive", "", tmp_path / "to")
    assert [path.name for path in tmp_path.iterdir()] in (["archive", "to"], ["to", "archive"])
    assert list((tmp_path / "to").iterdir()) == []
