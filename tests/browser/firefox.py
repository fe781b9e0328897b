"""A Firefox without a window, told over WebDriver BiDi what to open, at what width, and asked what is on the page."""

import asyncio
import base64
import io
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from tornado.websocket import websocket_connect

COMMANDS = ("firefox-esr", "firefox")
SCHEMES = {"dark": 0, "light": 1}  # as Firefox counts them
QUIET = {
    "app.update.auto": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "ui.prefersReducedMotion": 1,
}
LONGEST, LARGEST = 120, 64 * 1024 * 1024  # seconds for an answer, bytes of a picture


def program() -> str | None:
    """The Firefox of this computer, if it has one."""
    return next(filter(None, map(shutil.which, COMMANDS)), None)


class Firefox:
    """One browser with one tab, in a light or a dark scheme; `said` is what pages wrote to the console."""

    def __init__(self, profile: Path, scheme: str):
        preferences = QUIET | {"layout.css.prefers-color-scheme.content-override": SCHEMES[scheme]}
        lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [program(), "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.loop = asyncio.new_event_loop()  # in a thread of its own: another browser's tests may hold this one
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.said: list[str] = []
        self.count = 0
        self.socket = self._wait(websocket_connect, f"{self._address()}/session", max_message_size=LARGEST)
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self) -> str:
        for line in self.process.stderr:
            if found := re.search(r"listening on (ws://\S+)", line):
                threading.Thread(target=self.process.stderr.read, daemon=True).start()  # a full pipe would stop it
                return found[1]
        raise RuntimeError("Firefox ended before it could be asked anything")

    def _wait(self, what: Callable, *given, **named):
        async def awaited():
            return await what(*given, **named)

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(LONGEST)

    def ask(self, method: str, **values) -> dict:
        """The answer to one command; raises `RuntimeError` with Firefox's own words."""
        self.count += 1
        self._wait(self.socket.write_message, json.dumps({"id": self.count, "method": method, "params": values}))
        while True:
            told = self._wait(self.socket.read_message)
            if told is None:
                raise RuntimeError(f"Firefox ended before it answered {method}")
            told = json.loads(told)
            if told.get("method") == "log.entryAdded":
                self.said.append(f"{told['params']['level']}: {told['params']['text']}")
            elif told.get("id") == self.count:
                if told["type"] == "error":
                    raise RuntimeError(f"{method}: {told['message']}")
                return told["result"]

    def open(self, address: str, width: int, height: int) -> None:
        """A page in a window of so many dots, with its fonts."""
        self.ask("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})
        self.ask("browsingContext.navigate", context=self.tab, url=address, wait="complete")
        self.run("document.fonts.ready.then(() => true)")

    def run(self, expression: str):
        """What an expression gives, as JSON tells it; a promise is waited for."""
        asked = {"expression": f"Promise.resolve({expression}).then(it => JSON.stringify(it))", "awaitPromise": True}
        told = self.ask("script.evaluate", target={"context": self.tab}, **asked)
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        return json.loads(told["result"].get("value", "null"))

    def seen(self) -> Image.Image:
        """The window as a picture."""
        made = self.ask("browsingContext.captureScreenshot", context=self.tab)["data"]
        return Image.open(io.BytesIO(base64.b64decode(made))).convert("L")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(LONGEST)
        self.loop.call_soon_threadsafe(self.loop.stop)
