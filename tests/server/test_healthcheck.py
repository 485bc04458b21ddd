"""The health check of a container follows the settings."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.config import read_settings
from server.healthcheck import url_of
from tests.cast import Fireside, free_port


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("0.0.0.0", "8080", "http://127.0.0.1:8080/healthz"),  # noqa: S104 looked up, not bound
        ("::", "9000", "http://127.0.0.1:9000/healthz"),
        ("192.0.2.1", "80", "http://192.0.2.1:80/healthz"),
        ("2001:db8::1", "80", "http://[2001:db8::1]:80/healthz"),
    ],
)
def test_it_asks_where_the_server_listens(host: str, port: str, url: str) -> None:
    assert url_of(read_settings({"FIRESIDE_HOST": host, "FIRESIDE_PORT": port})) == url


async def test_it_says_whether_all_is_up(fireside: Fireside) -> None:
    async def check(port: int | str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-P", "-m", "server.healthcheck"],
            env=os.environ | {"FIRESIDE_PORT": str(port), "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
        )

    assert (await check(fireside.base_url.rpartition(":")[2])).returncode == 0
    down = await check(free_port())
    assert down.returncode == 1
    assert "Connection refused" in down.stderr
