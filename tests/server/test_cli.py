"""The command, run as people run it."""

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from server.cli import main
from tests.cast import Fireside, free_port, until
from tests.forked import run_fireside

CHECKOUT = {"PYTHONPATH": str(Path(__file__).parents[2])}


def fireside(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_fireside(*arguments, "--data", str(data), environment=os.environ | environment, umask=0)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that says why the command failed; the one before it says what it worked on."""
    assert done.returncode == 1
    *before, last = done.stderr.splitlines()
    assert len(before) <= 1, done.stderr
    return last.removeprefix("fireside: ")


def open_to_others(folder: Path) -> list[Path]:
    """The files and folders within that the group or others may use."""
    return [each for each in folder.rglob("*") if each.stat().st_mode & 0o077]


def test_serve_on_an_older_schema_says_which_command_updates_it(tmp_path):
    (tmp_path / "fireside.sqlite3").touch()
    done = fireside(tmp_path, "serve", "--port", "0", "--media-port", "0")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].endswith("Run: fireside migrate")
    assert "Traceback" not in done.stderr


def test_after_migrating_an_admin_makes_links_and_pairs(tmp_path):
    assert fireside(tmp_path, "migrate").returncode == 0
    pair = fireside(
        tmp_path, "admin", "pair", "--mentor", "Nour", "nour@example.org", "--mentee", "Li", "li@example.org"
    )
    none = fireside(tmp_path, "admin", "link")
    assert (none.returncode, "There is no admin yet. Make one with fireside admin create EMAIL." in none.stderr) == (
        1,
        True,
    )
    link = fireside(tmp_path, "admin", "create", "ada@example.org", FIRESIDE_BASE_URL="https://meet.example.org")
    assert pair.stdout.startswith("http://localhost:8080/l/")
    assert link.stdout.startswith("https://meet.example.org/l/")
    assert len({pair.stdout, link.stdout}) == 2


@pytest.mark.parametrize("command", [("serve",), ("admin", "link"), ("ledger", "verify"), ("doctor",)])
def test_a_command_without_the_services_settings_makes_no_database(tmp_path, command):
    folder = tmp_path / "elsewhere"
    said = refusal(fireside(folder, *command))
    assert said.startswith(f"There is no database at {folder}/fireside.sqlite3. Give this command the settings of")
    assert not folder.exists()


def test_commands_share_the_settings_file_and_say_what_they_work_on(tmp_path):
    (tmp_path / "fireside.toml").write_text(f'data = "{tmp_path}/own"\nbase_url = "HTTPS://Meet.example.org:443/"')
    shared = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60, "env": os.environ | CHECKOUT}
    program = (sys.executable, "-m", "server")
    made = subprocess.run([*program, "migrate"], **shared, check=True)
    assert made.stdout == f"A new database was made: {tmp_path}/own/fireside.sqlite3\n"
    link = subprocess.run([*program, "admin", "create", "ada@example.org"], **shared, check=True)
    assert link.stdout.startswith("https://meet.example.org/l/")
    assert link.stderr == (
        f"fireside: database {tmp_path}/own/fireside.sqlite3, base URL https://meet.example.org, "
        f"settings from {tmp_path}/fireside.toml\n"
        "This link signs in once, within 7 days.\n"
    )


def test_the_files_of_the_data_folder_are_for_the_owner_only(tmp_path):
    fireside(tmp_path, "migrate")
    assert open_to_others(tmp_path) == []
    (tmp_path / "fireside.sqlite3").chmod(0o644)
    fireside(tmp_path, "ledger", "verify")
    assert open_to_others(tmp_path) == []


def test_a_pair_needs_both(tmp_path):
    (tmp_path / "fireside.sqlite3").touch()
    done = fireside(tmp_path, "admin", "pair")
    assert done.returncode == 2
    assert "--mentor NAME EMAIL" in done.stderr


@pytest.mark.parametrize(
    "command", [("migrate",), ("serve", "--port", "0"), ("demo", "--port", "0"), ("ledger", "verify")]
)
def test_a_folder_that_cannot_be_used_is_named_in_one_line(tmp_path, command):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    said = refusal(fireside(folder, *command))
    assert str(folder) in said


@pytest.mark.skipif(os.getuid() != 0, reason="gives a file to another user")
def test_a_start_on_a_database_of_another_user_says_what_helps(tmp_path, migrated):
    file = Path(shutil.copy(migrated, tmp_path))
    file.chmod(0o444)
    os.chown(file, 12345, 12345)
    # Root without what lets it write to the files of others.
    as_anyone = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--")
    command = [*as_anyone, sys.executable, "-m", "server", "serve", "--port", "0", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    said = refusal(done)
    assert said.startswith(f"{file} belongs to 12345, and root may not write to it.")
    assert said.endswith(f"or run: chown -R root {tmp_path}")


@pytest.mark.skipif(os.getuid() != 0, reason="mounts a disk")
def test_a_start_on_a_disk_that_only_reads_says_what_helps(tmp_path, migrated):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], check=True)
    try:
        shutil.copy(migrated, disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = fireside(disk, "serve", "--port", "0")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert "is mounted read-only. Mount it writable, or name another folder" in refusal(done)


@pytest.mark.parametrize("command", [("migrate",), ("serve", "--port", "0"), ("admin", "link")])
def test_a_newer_database_is_refused_with_what_helps(tmp_path, migrated, command):
    file = Path(shutil.copy(migrated, tmp_path))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    said = refusal(fireside(tmp_path, *command))
    assert said.startswith("The database's schema is 9999, which a newer version of Fireside has made")
    assert said.endswith("Start that version, or restore the backup from before it.")


@pytest.mark.parametrize("command", [("migrate",), ("admin", "link")])
def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path, command):
    port = free_port()
    url = f"postgresql://fireside:s3cret-word@127.0.0.1:{port}/f?sslmode=disable"
    done = fireside(tmp_path, *command, FIRESIDE_DATABASE_URL=url)
    assert refusal(done).startswith(f"PostgreSQL at 127.0.0.1:{port} cannot be reached")
    assert "s3cret" not in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path, migrated):
    shutil.copy(migrated, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(fireside(tmp_path, "serve", "--port", str(port), FIRESIDE_HOST="127.0.0.1"))
    assert said.startswith(f"port {port} of 127.0.0.1 cannot be opened for the pages: Address already in use. Another")


def test_a_wrong_setting_stops_the_start_in_one_line(tmp_path):
    done = fireside(tmp_path, "migrate", FIRESIDE_RELAYS="many")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["fireside: FIRESIDE_RELAYS='many' cannot be used. Allowed: cores, or 1 to 64."]


async def test_the_demo_prints_its_links_and_ends_without_a_trace(tmp_path):
    before = os.umask(0)
    try:
        server = await Fireside.start(tmp_path / "data")
    finally:
        os.umask(before)
    try:
        assert open_to_others(tmp_path / "data") == []
        assert (tmp_path / "data" / "secret").is_file()
        assert set(server.links) == {
            "base_url",
            "mentor",
            "mentee",
            "admin",
            "offer",
            "booking_mentor",
            "booking_mentee",
        }
        assert all(link.startswith(server.base_url) for link in server.links.values())
        [relay] = server.relay_pids()
        server.process.send_signal(signal.SIGINT)
        assert await server.process.wait() == 0
        assert relay not in server.relay_pids()
    finally:
        await server.stop()


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "demo",
        "migrate",
        "admin create",
        "admin link",
        "admin pair",
        "admin person",
        "ledger verify",
        "ledger head",
        "doctor",
    ],
)
def test_each_command_explains_itself(monkeypatch, capsys, command):
    monkeypatch.setattr(sys, "argv", ["fireside", *command.split(), "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert "--data" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "admin --help",
            ["create    Make", "link      Make", "pair      Add", "examples:", "fireside admin pair --mentor"],
        ),
        ("ledger --help", ["verify    Check", "head      Print", "examples:", "fireside ledger head >"]),
        ("--version", [f"Fireside {version('fireside')}"]),
    ],
)
def test_commands_with_sub_commands_show_them_with_examples(monkeypatch, capsys, command, said):
    monkeypatch.setattr(sys, "argv", ["fireside", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr().out
    assert (ended.value.code, [each for each in said if each not in shown]) == (0, [])


async def test_the_doctor_says_what_works_and_what_is_blocked(tmp_path):
    server = await Fireside.start(tmp_path / "data", FIRESIDE_MEDIA_BIND="127.0.0.1")
    try:
        done = await asyncio.to_thread(fireside, server.data, "doctor", "--base-url", server.base_url)
    finally:
        await server.stop()
    lines = done.stdout.splitlines()
    paths = [line for line in lines if line.startswith("good   Way: ")]
    assert [path.split()[2] for path in paths] == ["UDP", "TCP"]
    assert all("20 of 20 packets came back" in path for path in paths)
    calls = [line.split(":")[:2] for line in lines if "Calls: " in line]
    assert calls == [["good   Calls", " UDP works"], ["good   Calls", " TCP works"]]
    # The demo has neither TLS nor a mail server.
    assert [line for line in lines if line.startswith("wrong")] == []
    assert ("soon   TLS" in done.stdout, "soon   Emails" in done.stdout, done.returncode) == (True, True, 3)


async def test_the_doctor_finds_an_address_that_leads_nowhere(tmp_path):
    """240.0.0.1 is reserved: nothing is ever there."""
    server = await Fireside.start(tmp_path / "data", FIRESIDE_PUBLIC_ADDRESSES="240.0.0.1")
    try:
        done = await asyncio.to_thread(fireside, server.data, "doctor", "--base-url", server.base_url)
    finally:
        await server.stop()
    assert "UDP is blocked between here and the server." in done.stdout
    assert "TCP is blocked between here and the server" in done.stdout
    assert done.returncode == 1


def test_the_doctor_without_a_server_says_so(tmp_path):
    fireside(tmp_path, "migrate")
    fireside(tmp_path, "admin", "create", "ada@example.org")
    done = fireside(tmp_path, "doctor", "--base-url", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "Is the server running" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_media_port_that_is_taken_stops_the_start_in_one_line(tmp_path):
    fireside(tmp_path, "migrate")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as taken:
        taken.bind(("::", 0))
        done = fireside(tmp_path, "serve", "--port", "0", "--media-port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("fireside: ")
    assert "Traceback" not in done.stderr


async def test_a_second_start_changes_nothing_and_says_who_serves(tmp_path):
    """Neither on the same port, nor on another one; nor on the same port with another folder."""
    server = await Fireside.start(tmp_path / "data")
    try:
        relays = server.relay_pids()
        port = server.base_url.rpartition(":")[2]
        other = shutil.copytree(server.data, tmp_path / "other", ignore=shutil.ignore_patterns("run"))
        for data, other_port, said in (
            (server.data, port, f"process {server.process.pid} serves it. Nothing was changed."),
            (server.data, "0", "fireside serve --replace"),
            (other, port, f"port {port} of 0.0.0.0 cannot be opened for the pages: Address already in use."),
        ):
            done = await asyncio.to_thread(
                fireside, data, "serve", "--port", other_port, "--media-port", "0", FIRESIDE_RELAYS="1"
            )
            assert done.returncode == 1
            assert said in done.stderr.splitlines()[-1]
            assert "Traceback" not in done.stderr
        assert server.relay_pids() == relays
        assert await server.healthy()
    finally:
        await server.stop()


async def test_a_replacement_that_cannot_start_leaves_the_one_that_serves(tmp_path):
    server = await Fireside.start(tmp_path / "data")
    try:
        relays = server.relay_pids()
        with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104
            port = str(taken.getsockname()[1])
            done = await asyncio.to_thread(fireside, server.data, "serve", "--replace", "--port", port)
        assert (done.returncode, "cannot be opened" in done.stderr) == (1, True)
        await until(server.healthy)
        assert server.relay_pids() == relays
    finally:
        await server.stop()
