"""What is in deploy/ fits the server: rules and dashboard ask for metrics that exist, and units for commands."""

import asyncio
import configparser
import json
import re
import subprocess
from pathlib import Path

import aiohttp
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

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
RULES = DEPLOY / "prometheus-rules.yml"
DASHBOARD = DEPLOY / "grafana-dashboard.json"


def let_everything_happen(metrics: Metrics) -> str:
    """Returns what is served then."""
    metrics.note_all([["note_request", "GET", "/", 200, 0.1], ["note_transaction", "read", 0.1]])
    metrics.note_round("send", "ok", NOW)
    metrics.note_left("left", Quality(1.0, 1, 1, 0.1, 0.1, 0.1))
    metrics.note_page_process_lost()
    hub = HubCounts(1, 2, (RelayCounts(True, False, 2, 0),), 0)
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


def test_the_backup_unit_runs_a_command_that_there_is(tmp_path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names of systemd are not to be lowered
    unit.read(DEPLOY / "fireside-backup.service")
    program, command, folder, *options = unit["Service"]["ExecStart"].split()
    assert (program.rpartition("/")[2], command, options) == ("fireside", "backup", ["--keep", "14"])
    assert folder in unit["Service"]["ReadWritePaths"].split()
    said = fireside(tmp_path, command, "--help").stdout
    assert "--keep" in said
