"""The search of the suite's logs finds each kind of what is private, so that it can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.logs import Private, SuiteLogs

ROOT = Path(__file__).parents[2]
SECRET = "wF3s-" + "aB3_" * 9 + "xY"


LEAK = """
import logging
from datetime import UTC, datetime
from sqlalchemy import create_engine, insert
from server.db.tables import metadata, people

def test_leak():
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    row = {each.name: True if each.type.python_type is bool else "" for each in people.c if not each.nullable}
    row |= {"id": 1, "name": "Maya", "added_at": datetime.now(UTC)}
    with engine.begin() as connection:
        connection.execute(insert(people).values(row))
    logging.getLogger("server.mail").info("an email to Maya is sent")
"""


@pytest.fixture
def private() -> Private:
    known = Private()
    known.add_row({"name": "Maya Lindqvist", "phone": "+46 8 123 45 67", "needs": "", "id": 1})
    known.add_row({"note": "I moved house.\nAll is new here.", "words": None})
    return known


@pytest.mark.parametrize(
    "line",
    [
        "INFO server: hello, Maya Lindqvist",
        "INFO server: Maya's call",
        "INFO server: no answer from 004681234567",
        "INFO server: no answer from +46 (8) 123-45.67",
        "ERROR server: 'I moved house.' is too long",
        "ERROR server: All is new here.",
        "WARNING server: 550 <sam@example.org> unknown",
        f"INFO server: GET /l/{SECRET}",
        f"INFO server: {SECRET}",
    ],
)
def test_it_finds_each_kind(private: Private, line: str) -> None:
    assert private.found_in(["INFO relay: hub connected", line]) == [line]


def test_it_finds_nothing_in_what_is_not(private: Private) -> None:
    lines = [
        "INFO relay: relay a9cf83daabc5b762 serves UDP port 39391",
        "ERROR server: Mayan, Amaya, I moved",
        "fireside: database postgresql+asyncpg://fireside@127.0.0.1:5432/fireside, base URL http://localhost:8080",
        "d" * 64,
    ]
    assert private.found_in(lines) == []


def test_it_reads_what_a_process_wrote(tmp_path: Path) -> None:
    logs = SuiteLogs(tmp_path)
    logs.private.add_name("Maya")
    with logs.open() as log:
        log.write(b"ok\nINFO server: Maya\n")
    assert logs.found() == ["process-1: INFO server: Maya"]


def test_a_session_that_logs_a_name_fails(tmp_path: Path) -> None:
    """A session of its own, with one test, in which a statement stores a name and the server logs it."""
    (tmp_path / "test_leak.py").write_text(LEAK)
    done = subprocess.run(
        [*(sys.executable, "-m", "pytest", "-q", "-p", "tests.logs"), str(tmp_path / "test_leak.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "1 lines of the log are private" in done.stdout
