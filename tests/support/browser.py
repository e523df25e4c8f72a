"""A headless Chromium, driven by its own DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).

It knows no name but 127.0.0.1, so whatever a page asks of anybody else fails, and is in `Tab.requested`.
"""

import asyncio
import base64
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import aiohttp
import pytest

_PATIENCE_SECONDS = 30
_LOOK_AGAIN_AFTER_SECONDS = 0.02
_FLAGS = (
    "--headless",
    "--no-sandbox",  # CI runs as root, for whom Chromium's own sandbox refuses to start
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--window-size=1440,1000",
)
_KEYS = {
    "Tab": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Space": {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
    "ArrowRight": {"key": "ArrowRight", "code": "ArrowRight", "windowsVirtualKeyCode": 39},
    "ArrowLeft": {"key": "ArrowLeft", "code": "ArrowLeft", "windowsVirtualKeyCode": 37},
    "ArrowDown": {"key": "ArrowDown", "code": "ArrowDown", "windowsVirtualKeyCode": 40},
}
_SHIFT = 8


def chromium_or_skip() -> str:
    """Return where Chromium is; without it skip, loudly, but never in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is not None:
        return found
    if os.environ.get("CI"):
        pytest.fail("CI must have chromium: apt-get install chromium")
    pytest.skip("THE PAGE IS NOT TESTED: there is no chromium; apt-get install chromium")


@contextmanager
def running_chromium(profile: Path) -> Iterator[str]:
    """Run a browser with an empty profile; yield the port of its DevTools."""
    program = [chromium_or_skip(), *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "DevTools listening on ws://" in line:
                yield line.rpartition("ws://")[2].partition("/")[0]
                break
        else:
            pytest.fail("chromium has ended before it listened")
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=10)
        process.kill()
        process.communicate()


class Tab:
    """One page of a browser.

    Attributes:
        requested: every address it asked for, whether or not it got an answer.
        complaints: what it wrote to the console as an error.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._asked_count = 0
        self.requested: list[str] = []
        self.complaints: list[str] = []

    async def listen(self) -> None:
        """Take in what the browser says, until it is gone."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
            elif said["method"] == "Network.requestWillBeSent":
                self.requested.append(said["params"]["request"]["url"])
            elif said["method"] == "Log.entryAdded" and said["params"]["entry"]["level"] == "error":
                self.complaints.append(said["params"]["entry"]["text"])
            elif said["method"] == "Runtime.exceptionThrown":
                details = said["params"]["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description", details["text"]))

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call one of the protocol's methods; return its result."""
        self._asked_count += 1
        number = self._asked_count
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(_PATIENCE_SECONDS):
            said = await answer
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    async def open(self, address: str) -> None:
        """Go to a page, and wait until it is loaded."""
        await self.call("Page.navigate", url=address)
        await self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def evaluate(self, expression: str) -> Any:  # noqa: ANN401 # any JSON
        """Return the value of a JavaScript expression; a promise's once it is kept."""
        result = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    async def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript condition holds."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not await self.evaluate(f"Boolean({condition})"):  # noqa: ASYNC110 # pages ring no bell
                    await asyncio.sleep(_LOOK_AGAIN_AFTER_SECONDS)
        except TimeoutError:
            pytest.fail(f"never came true: {condition}; console: {self.complaints}")

    async def press(self, key: str, times: int = 1, *, shift: bool = False) -> None:
        """Press a key as a person does."""
        stroke: dict[str, object] = {**_KEYS[key], "modifiers": _SHIFT if shift else 0}
        for _ in range(times):
            await self.call("Input.dispatchKeyEvent", type="keyDown", **stroke)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **stroke)

    async def type_text(self, text: str) -> None:
        """Type into whatever has the focus."""
        await self.call("Input.insertText", text=text)

    async def prefer(self, scheme: Literal["light", "dark"]) -> None:
        """Be somebody who prefers light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self.call("Emulation.setEmulatedMedia", features=features)

    async def resize(self, width: int, height: int) -> None:
        """Be a window of that size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.call("Emulation.setDeviceMetricsOverride", **size)

    async def screenshot(self) -> bytes:
        """Return what is seen, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])


@asynccontextmanager
async def open_tab(port: str) -> AsyncIterator[Tab]:
    """Open a tab of its own in a running browser."""
    async with (
        aiohttp.ClientSession(f"http://{port}") as session,
        session.put("/json/new?about:blank") as answer,
    ):
        target = await answer.json()
        async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            tab = Tab(socket)
            listening = asyncio.create_task(tab.listen())
            for domain in ("Page", "Network", "Runtime", "Log"):
                await tab.call(f"{domain}.enable")
            try:
                yield tab
            finally:
                async with session.get(f"/json/close/{target['id']}"):
                    pass
                await socket.close()
                await listening
