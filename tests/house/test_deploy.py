"""What is in deploy/ fits the server: rules and dashboard ask for metrics that exist, and units for commands."""

import asyncio
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import aiohttp
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from server.config import SETTINGS, read_settings
from server.mentorships.rules.reply_addresses import EPOCH, ReplyAddresses, ReplyPlace
from server.settings_file import read_settings_file
from server.web.metrics import Metrics, ServerState, answer
from signaling.hub.counts import HubCounts, RelayCounts
from signaling.quality import Quality
from tests.cast import free_port, until
from tests.server.actors import NOW
from tests.server.test_cli import fireside

DEPLOY = Path(__file__).parents[2] / "deploy"
CONFIG = """
global: {{scrape_interval: 500ms}}
scrape_configs:
  - job_name: fireside
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
rule_files: ["{rules}"]
"""
NAME = re.compile(r"\bfireside_[a-z_]+")
SERVICES = sorted(DEPLOY.glob("*.service"))
HOSTING = (DEPLOY.parent / "docs/hosting.md").read_text()
RULES = DEPLOY / "prometheus-rules.yml"
DASHBOARD = DEPLOY / "grafana-dashboard.json"


def let_everything_happen(metrics: Metrics) -> str:
    """Returns what is served then."""
    metrics.note_all([["note_request", "GET", "/", 200, 0.1], ["note_transaction", "read", 0.1]])
    metrics.note_round("send", "ok", NOW)
    metrics.note_left("left", Quality(1.0, 1, 1, 0.1, 0.1, 0.1))
    metrics.note_page_process_lost()
    hub = HubCounts(1, 2, (RelayCounts(True, False, 2, 0, 9, 9, 0.001, 0.002, 0.01),), 0)
    return metrics.render(ServerState("1.2", {"pages": True}, hub, now=NOW)).decode()


def names_there_are() -> set[str]:
    """Every name of a sample, once everything has happened."""
    text = let_everything_happen(Metrics())
    return {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}


def test_rules_and_dashboard_ask_for_metrics_that_there_are() -> None:
    asked = {name for file in (RULES, DASHBOARD) for name in NAME.findall(file.read_text())}
    assert asked - names_there_are() == set()


def test_every_metric_is_on_the_dashboard_or_watched() -> None:
    said = RULES.read_text() + DASHBOARD.read_text()
    ours = {name for name in names_there_are() if name.startswith("fireside_")}
    bare = {re.sub(r"_(bucket|sum|count|created|total)$", "", name) for name in ours}
    assert {name for name in bare if name not in said} == {"fireside_build_info", "fireside_relay_draining"}


def test_the_dashboard_is_json_with_a_query_in_each_panel() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert [panel["title"] for panel in panels if not all(target["expr"] for target in panel["targets"])] == []


def test_promtool_accepts_the_rules() -> None:
    done = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_prometheus_reads_them_and_every_query_of_the_dashboard_has_an_answer(tmp_path: Path) -> None:
    """Debian's Prometheus, with the job and the rules as docs/monitoring.md has them."""
    metrics, port = Metrics(), free_port()
    app = web.Application()

    async def show(request: web.Request) -> web.Response:
        return answer(let_everything_happen(metrics).encode())

    app.router.add_get("/metrics", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", metrics_port := free_port()).start()
    (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=metrics_port, rules=RULES))
    options = {
        "config.file": tmp_path / "prometheus.yml",
        "storage.tsdb.path": tmp_path / "data",
        "web.listen-address": f"127.0.0.1:{port}",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with (tmp_path / "log").open("wb") as log:
        prometheus = await asyncio.create_subprocess_exec("prometheus", *arguments, stderr=log)
    queries = {target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]}
    try:
        async with aiohttp.ClientSession() as session:

            async def unanswered() -> set[str] | None:
                """None before it can be asked."""
                found = {query: await ask(session, port, query) for query in queries}
                return None if None in found.values() else {query for query, rows in found.items() if not rows}

            async def all_answered() -> bool:
                return await unanswered() == set()

            await until(all_answered, what="an answer to each query")
    finally:
        prometheus.kill()
        await prometheus.wait()
        await runner.cleanup()


async def ask(session: aiohttp.ClientSession, port: int, query: str) -> list[object] | None:
    """The rows of the answer; None while there is no answer."""
    try:
        async with session.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}) as response:
            said = await response.json(content_type=None)
    except (aiohttp.ClientError, ValueError):
        return None
    assert response.status in (200, 503), (query, said)
    rows: list[object] | None = said["data"]["result"] if response.status == 200 else None
    return rows


def test_the_units_run_commands_that_there_are(tmp_path: Path) -> None:
    found = {}
    for file in SERVICES:
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign] # names of systemd are not to be lowered
        unit.read(file)
        found[file.name] = unit["Service"]
    program, command, folder, *options = found["fireside-backup.service"]["ExecStart"].split()
    assert (program.rpartition("/")[2], command, options) == ("fireside", "backup", ["--keep", "14"])
    assert folder in found["fireside-backup.service"]["ReadWritePaths"].split()
    said = fireside(tmp_path, command, "--help").stdout
    assert "--keep" in said
    web = found["fireside.service"]
    assert [web[key].split()[1:] for key in ("ExecStartPre", "ExecStart")] == [["migrate"], ["serve"]]
    relay = found["fireside-relay.service"]
    assert relay["ExecStart"].split()[1:] == ["relay"]
    # What a stop of the main process leaves running are the calls.
    assert web["KillMode"] == relay["KillMode"] == "process"


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Programs that are not there are all that it would find: another one takes their place."""
    for file in (*SERVICES, *DEPLOY.glob("*.socket"), *DEPLOY.glob("*.timer")):
        (tmp_path / file.name).write_text(file.read_text().replace("/opt/fireside/bin/fireside", "/bin/true"))
    files = sorted(tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False, timeout=60
    )
    said = [line for line in done.stderr.splitlines() if "fireside" in line]
    assert (len(files), done.returncode, said) == (5, 0, [])


def test_the_services_can_do_little_harm() -> None:
    """systemd's own measure, from 0 to 10."""
    for file in SERVICES:
        arguments = ["systemd-analyze", "security", "--offline=true", "--threshold=19", "--no-pager", file]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_pg_dump_in_the_image_is_as_new_as_the_database_beside_it() -> None:
    [installed] = re.findall(r"postgresql-client-(\d+)", (DEPLOY.parent / "Dockerfile").read_text())
    [server] = re.findall(r"image: postgres:(\d+)", (DEPLOY / "compose/compose.yaml").read_text())
    assert int(installed) >= int(server)


def test_caddy_accepts_what_compose_gives_it(tmp_path: Path) -> None:
    folder, names = DEPLOY / "compose", {"HOST_NAME": "meet.example.org", "TURN_NAME": "turn.example.org"}
    text = (folder / "Caddyfile").read_text()
    assert "/etc/caddy/more/*" in text
    (tmp_path / "Caddyfile").write_text(text.replace("/etc/caddy/more/*", f"{tmp_path}/more/*"))
    found = []
    for _ in range(2):
        command = ["caddy", "adapt", "--adapter", "caddyfile", "--config", tmp_path / "Caddyfile"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | names, timeout=60)
        found.append([name for name in names.values() if f'"{name}"' in done.stdout])
        # With coturn there is one more site.
        (tmp_path / "more").mkdir(exist_ok=True)
        shutil.copy(folder / "turn.caddyfile", tmp_path / "more")
    assert found == [["meet.example.org"], ["meet.example.org", "turn.example.org"]]


def test_compose_asks_for_settings_that_there_are() -> None:
    files = list((DEPLOY / "compose").glob("*.yaml"))
    asked = {
        name for file in files for name in re.findall(r"^      FIRESIDE_([A-Z_]+):", file.read_text(), re.MULTILINE)
    }
    assert {name.lower() for name in asked} - set(SETTINGS) == set()
    variables = {name for file in files for name in re.findall(r"\$\{([A-Z_]+)", file.read_text())}
    explained = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "compose/example.env").read_text(), re.MULTILINE))
    assert variables == explained - {"COMPOSE_FILE"}


def test_the_settings_to_begin_with_are_accepted(tmp_path: Path) -> None:
    text = (DEPLOY / "fireside.toml").read_text()
    (tmp_path / "password").write_text("secret")
    (tmp_path / "fireside.toml").write_text(text.replace("/etc/fireside.smtp-password", f"{tmp_path}/password"))
    settings = read_settings({}, filed=read_settings_file(tmp_path / "fireside.toml"))
    assert (settings.base_url, settings.proxies, settings.data) == (
        "https://meet.example.org",
        1,
        Path("/var/lib/fireside"),
    )


def test_docs_hosting_explains_each_file() -> None:
    there = {str(file.relative_to(DEPLOY)) for file in DEPLOY.rglob("*") if file.is_file()}
    assert {name for name in there if f"`{name}`" not in HOSTING} == set()
    named = set(re.findall(r"deploy/([\w./-]*\w)", HOSTING))
    assert {name for name in named if not (DEPLOY / name).exists()} == set()


def test_each_command_of_fireside_in_docs_hosting_is_one(tmp_path: Path) -> None:
    lines = re.findall(r"^(?:docker compose exec (?:-T )?fireside )?fireside (.*)$", HOSTING, re.MULTILINE)
    assert len(lines) == 5
    for line in lines:
        words = shlex.split(line)
        options = [word for word in words if word.startswith("--")]
        command = words[: 2 if words[0] == "admin" else 1]
        said = fireside(tmp_path, *command, "--help").stdout
        assert [option for option in options if option not in said] == [], line


def test_postfix_hands_over_the_addresses_that_fireside_makes_and_no_others() -> None:
    [line] = [line for line in (DEPLOY / "postfix-replies").read_text().splitlines() if line.startswith("/")]
    pattern, _ = re.fullmatch(r"/(.+)/ (\w+)", line).groups()
    # Postfix's regular expressions do not look at capitals (regexp_table(5)).
    ours = re.compile(pattern, re.IGNORECASE)
    made = ReplyAddresses(b"k" * 32, "reply@meet.example.org").make(ReplyPlace(7, 11), EPOCH)
    assert all(ours.search(address) for address in (made, made.upper()))
    assert not any(ours.search(address) for address in ("reply@meet.example.org", f"x{made}", made + ".x"))
