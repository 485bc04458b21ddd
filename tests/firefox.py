"""Debian's Firefox, driven directly over WebDriver BiDi (its own WebSocket): no driver, no download."""

import asyncio
import itertools
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

PATIENCE_S = 60.0
# Where the demo's mentor is, so that her pages have no zone to find out.
ZONE = "Europe/Stockholm"

PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.active-protocols": 1,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One browser with one tab, which has its own cookies. Use as an async context manager."""

    def __init__(self, profile: Path, port: int) -> None:
        self._profile = profile
        self._port = port
        self._ids = itertools.count(1)
        self._user = self._context = ""

    async def __aenter__(self) -> Self:
        self._profile.mkdir()
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
        (self._profile / "user.js").write_text("".join(lines))
        self._process = await asyncio.create_subprocess_exec(
            "firefox-esr",
            *("--headless", "--no-remote", "--profile", str(self._profile)),
            *("--remote-debugging-port", str(self._port)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={
                "HOME": str(self._profile),
                "PATH": "/usr/bin:/bin",
                "MOZ_HEADLESS": "1",
                "LANG": "C.UTF-8",
                "TZ": ZONE,
            },
        )
        self._session = aiohttp.ClientSession()
        self._socket = await self._connect()
        await self.command("session.new", capabilities={})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._session.close()
        self._process.kill()
        await self._process.wait()

    async def open_tab(self) -> None:
        """A new tab, as of somebody else."""
        self._user = (await self.command("browser.createUserContext"))["userContext"]
        made = await self.command("browsingContext.create", type="tab", userContext=self._user)
        self._context = made["context"]
        viewport = {"width": 1280, "height": 800}
        await self.command("browsingContext.setViewport", context=self._context, viewport=viewport)

    async def close_tab(self) -> None:
        """Forgets who had it, too."""
        await self.command("browser.removeUserContext", userContext=self._user)

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        end = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            try:
                return await self._session.ws_connect(f"ws://127.0.0.1:{self._port}/session", max_msg_size=0)
            except aiohttp.ClientError:
                if asyncio.get_running_loop().time() > end:
                    raise
                await asyncio.sleep(0.1)

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends one command and returns its result. Raises RuntimeError with Firefox's own words."""
        number = next(self._ids)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=PATIENCE_S)
            if message.get("id") == number:
                break
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['message']}")
        result: dict[str, Any] = message["result"]
        return result

    async def add_init_script(self, script: str) -> None:
        """Runs in every page of this tab from now on, before its own scripts."""
        run = f"() => {{ {script} }}"
        await self.command("script.addPreloadScript", functionDeclaration=run, contexts=[self._context])

    async def goto(self, url: str) -> None:
        await self.command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression (awaited when it is a promise), through JSON."""
        answer = await self.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def press(self, name: str) -> None:
        """Clicks the visible, enabled button with this name."""
        wanted = json.dumps(name)
        clicked = await self.evaluate(
            "(() => { const all = [...document.querySelectorAll('button')];"
            f" const found = all.find((b) => b.textContent.trim() === {wanted} && b.offsetParent && !b.disabled);"
            " found?.click(); return Boolean(found); })()"
        )
        assert clicked, f"no button {name!r} is shown"
