"""docs/hosting.md from top to bottom on a plain Debian with its own systemd, firewall and Caddy; then a call that goes
on while the service restarts.

Only FIRESIDE_FAULTS=long (`make faults`) does it, as root and with debootstrap: it downloads a Debian. Not as written
are the address of the repository, the public address, the mail server (there is none), and that Caddy signs its
certificate by itself. The kernel's buffers are those of the machine outside.
"""

import re
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.cast import Fireside, until
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.faults.debian_machine import INSIDE, ROOT, DebianMachine
from tests.journeys.conftest import into_call
from tests.journeys.seen import sees_and_hears

pytestmark = [pytest.mark.alone, pytest.mark.timeout(7200)]

PARTS = re.split(r"^## ", (ROOT / "docs/hosting.md").read_text(), flags=re.MULTILINE)[1:]
# Each with the commands of its part.
COMMANDS = {part.splitlines()[0]: re.findall(r"^```sh\n(.*?)^```", part, re.MULTILINE | re.DOTALL) for part in PARTS}
PATIENCE_S = 120.0
RELAYS = "pgrep -f '[s]ignaling.worker.main' | tr '\\n' ' '"
STARTED = "$(systemctl show --property ActiveEnterTimestamp --value fireside.service)"
NEWEST_LOG = f'journalctl --no-pager --unit fireside --since "{STARTED}"'
SERVES = "Fireside is at https"
MAKE_DEMO = """
import asyncio, json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from server.config import read_settings
from server.db.database import Database
from server.demo import prepare_demo
from server.settings_file import read_settings_file
async def main():
    settings = read_settings({}, filed=read_settings_file(Path("/etc/fireside.toml")))
    made = await prepare_demo(Database(settings.database_url), settings.join_window, datetime.now(UTC))
    print(json.dumps(asdict(made)))
asyncio.run(main())
"""


def commands_of(number: int) -> str:
    return "\n".join(block for title, blocks in COMMANDS.items() if title.startswith(f"{number}.") for block in blocks)


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


async def test_a_plain_debian_serves_calls_that_a_restart_does_not_end(tmp_path: Path) -> None:
    machine = DebianMachine(tmp_path / "debian")
    machine.build()
    machine.install(replaced(commands_of(1), ("ADDRESS-OF-THIS-REPOSITORY", "/root/origin")))
    async with machine.running():
        machine.run(commands_of(2))
        machine.run(f"sed -i 's/198.51.100.7/{INSIDE}/; s/^smtp/#smtp/' /etc/fireside.toml")
        machine.run(replaced(commands_of(3), ("sysctl --load", "true")))
        local = "sed -i '0,/^{$/s//{\\n\\tlocal_certs/' /etc/caddy/Caddyfile\nsystemctl reload-or-restart caddy"
        machine.run(replaced(commands_of(4), ("systemctl reload-or-restart caddy", local)))
        assert "Active: active (running)" in machine.run(commands_of(5))
        assert "https://meet.example.org/l/" in machine.run(commands_of(6))
        assert "can be restored, with all of its rows" in machine.run(commands_of(7))
        await until(lambda: SERVES in machine.run(NEWEST_LOG), PATIENCE_S)
        authority = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
        machine.run(f"cp {authority} /usr/local/share/ca-certificates/ && update-ca-certificates")
        said = machine.run(replaced(commands_of(8), ("\n", " || [ $? = 3 ]\n")))
        assert [line for line in said.splitlines() if line.startswith("wrong")] == []
        assert "UDP works" in said
        assert "TCP works" in said
        (machine.folder / "root/demo.py").write_text(MAKE_DEMO)
        paths = machine.run(
            "cd /var/lib/fireside && runuser -u fireside -- /opt/fireside/bin/python - < /root/demo.py"
        ).splitlines()[-1]
        await _call_through_a_restart(machine, paths)


async def _call_through_a_restart(machine: DebianMachine, paths: str) -> None:
    links = {name: f"https://meet.example.org{path}" for name, path in re.findall(r'"(\w+)": "([^"]+)"', paths)}
    house = Fireside(machine.folder, None, links, machine.folder)  # type: ignore[arg-type] # its links are all that is used
    arguments = [*CHROMIUM_ARGUMENTS, f"--host-resolver-rules=MAP meet.example.org {INSIDE}"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        contexts = [await browser.new_context(ignore_https_errors=True) for _ in range(2)]
        mentor, mentee = [await context.new_page() for context in contexts]
        await into_call(house, mentor, mentee)
        await sees_and_hears(mentor.evaluate, within=PATIENCE_S)
        await sees_and_hears(mentee.evaluate, within=PATIENCE_S)
        for page in (mentor, mentee):
            await page.evaluate("window.before = window.fireside.pc()")
        relays = machine.run(RELAYS).splitlines()[-1].split()
        machine.run("systemctl restart fireside.service")
        await sees_and_hears(mentor.evaluate, within=PATIENCE_S)
        await sees_and_hears(mentee.evaluate, within=PATIENCE_S)
        await until(lambda: SERVES in machine.run(NEWEST_LOG), PATIENCE_S)
        await sees_and_hears(mentor.evaluate, within=PATIENCE_S)
        # Over the same connections, through the same relay process; one that had no call has been replaced.
        assert set(relays) & set(machine.run(RELAYS).splitlines()[-1].split())
        for page in (mentor, mentee):
            assert await page.evaluate("window.before === window.fireside.pc()")
        await browser.close()
