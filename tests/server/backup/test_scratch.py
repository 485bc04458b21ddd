"""Scratch folders and part files: gone at the end, and after a kill by the next one."""

import os
import signal
import subprocess
import sys

from server.backup.scratch import part_file, remove_leftovers, scratch_folder

KILLED = """
import os, sys
from pathlib import Path
from server.backup.scratch import part_file, scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder, part_file(Path(sys.argv[1])) as (part, opened):
    (folder / "words").write_text("private")
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_both_are_gone_at_the_end_unless_the_file_was_renamed(tmp_path):
    with scratch_folder(tmp_path) as folder, part_file(tmp_path) as (part, opened):
        assert (folder.stat().st_mode & 0o077, part.stat().st_mode & 0o077) == (0, 0)
        opened.write(b"whole")
        part.rename(tmp_path / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept").read_bytes() == b"whole"


def test_what_a_process_works_with_stays_and_what_a_killed_one_left_goes(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    remove_leftovers(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []
