"""`fireside ledger`: heads are handed out, and later held against the chain."""

import sqlite3
from contextlib import closing

from server.catchups.rules.ledger_heads import find_head
from tests.server.test_cli import fireside


def test_a_head_is_handed_out_kept_and_held_against_the_chain(tmp_path):
    fireside(tmp_path, "migrate")
    assert fireside(tmp_path, "ledger", "verify").stdout.startswith("The ledger is intact: 0 entries")
    printed = fireside(tmp_path, "ledger", "head").stdout
    assert find_head(printed) is not None
    assert len(printed.split()) == 1
    (tmp_path / "head.txt").write_text(f"Kept by the auditor:\n\n{printed}")
    for given in (printed.strip(), str(tmp_path / "head.txt")):
        done = fireside(tmp_path, "ledger", "verify", "--head", given)
        assert (done.returncode, "It continues the head of" in done.stdout) == (0, True)
    other = fireside(tmp_path, "ledger", "verify", "--head", printed.strip(), FIRESIDE_SECRET="x" * 32)
    assert (other.returncode, "not signed with this server's secret" in other.stdout) == (1, True)
    wrong = fireside(tmp_path, "ledger", "verify", "--head", "head-of-november.txt")
    assert (wrong.returncode, "nor a file that holds one" in wrong.stdout) == (1, True)


def test_a_broken_ledger_is_said_to_be_and_has_no_head(tmp_path):
    fireside(tmp_path, "migrate")
    with closing(sqlite3.connect(tmp_path / "fireside.sqlite3")) as connection, connection:
        connection.execute("UPDATE ledger_head SET entries = 1")
    done = fireside(tmp_path, "ledger", "verify")
    assert (done.returncode, "Entries are missing at the end" in done.stdout) == (1, True)
    head = fireside(tmp_path, "ledger", "head")
    assert (head.returncode, head.stdout) == (1, "")
    assert "this ledger is broken" in head.stderr
