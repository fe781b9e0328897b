"""A cohort's report in the browser, renewed whenever a file that it is made from is saved.

The published page stays as it is: it is shown in a frame of a page that only this computer can open, at an address that
nobody can guess. Imports are paid once; only what the saved file changes runs again.
"""

import argparse
import json
import mimetypes
import os
import secrets
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from followup.chain.builders import ENDED, SAID, WRONG, Builder
from followup.chain.stages import HOUSE, INTERRUPTED
from followup.publish import versions
from followup.publish.provenance import PAGES
from followup.store.freshness import PACKAGE, code_files, data_files, file_marks, is_stale, setting_files

TICK = 0.1  # seconds between two looks at the files
PATIENCE = 25  # seconds that a browser is kept waiting for news
WRAPPER = PACKAGE / "publish" / "template" / "watch.html"
POLICY = (
    "default-src 'none'; frame-src 'self'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
)


@dataclass(frozen=True)
class News:
    """What the browser is told: a running number, which version of the report stands and its first page, and how it is
    with the next version.
    """

    number: int = 0
    version: str = ""
    page: str = ""
    text: str = ""
    failed: bool = False


class Bulletin:
    """The latest news; browsers wait for it."""

    def __init__(self, build: Path):
        self.build, self.news, self.changed = build, News(), threading.Condition()

    def say(self, text: str, failed: bool = False) -> None:
        folder = versions.newest(self.build)
        page = next((name for name in PAGES if (folder / name).is_file()), "")
        with self.changed:
            self.news = News(self.news.number + 1, folder.name, page, text, failed)
            self.changed.notify_all()
        print(text, flush=True)

    def after(self, number: int) -> News:
        """News that is not number `number`; whatever there is when the patience ends."""
        with self.changed:
            self.changed.wait_for(lambda: self.news.number != number, timeout=PATIENCE)
            return self.news


class Window(BaseHTTPRequestHandler):
    """What the browser may ask for: the frame, the news, and what readers of the report may see."""

    protocol_version = "HTTP/1.1"

    def __init__(self, bulletin: Bulletin, secret: str, *handled):
        self.bulletin, self.secret = bulletin, secret
        super().__init__(*handled)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        _, secret, name = f"{address.path}//".split("/", 2)
        name = name.strip("/")
        if secret != self.secret:
            self.send_error(404)
        elif name == "state":
            asked = parse_qs(address.query).get("after", ["-1"])[0]
            number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else -1
            self._answer(json.dumps(asdict(self.bulletin.after(number))).encode(), "application/json")
        elif not name:
            self._answer(WRAPPER.read_bytes(), "text/html; charset=utf-8", POLICY)
        else:
            self._published(name)

    def _published(self, name: str) -> None:
        folder = versions.newest(self.bulletin.build).resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            self.send_error(404)
            return
        self._answer(path.read_bytes(), mimetypes.guess_type(name)[0] or "application/octet-stream")

    def _answer(self, content: bytes, kind: str, policy: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        with suppress(BrokenPipeError, ConnectionResetError):  # the browser may have gone
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Not every question of the browser is worth a line."""


class Watch:
    """Builds a cohort whenever its files are saved; a save during a build ends that build and begins another."""

    def __init__(self, root: Path, cohort: str, bulletin: Bulletin):
        self.root, self.cohort, self.bulletin = root, cohort, bulletin
        self.builder: Builder | None = None
        self.begun: float | None = None  # when the build under way began
        self.complaint, self.said, self.again = "", "", False
        self.edited: str | None = None  # the notebook that was saved last
        self.seen = self._marks()

    def _marks(self) -> dict[Path, tuple[int, ...]]:
        """When each file that the report is made from was last written or put there, and its size."""
        return file_marks([*data_files(self.root, self.cohort), *setting_files(self.root, self.cohort), *code_files()])

    def forever(self) -> None:
        """Watch until Ctrl-C."""
        if is_stale(self.root, self.cohort):
            self._build("building")
        else:
            self.builder = Builder()
            self.bulletin.say("as new as what it is made from; save a file, and it is renewed here")
            self.builder.run_ahead(self.cohort, None)
        while True:
            self._look()
            self._hear()

    def _look(self) -> None:
        now = self._marks()
        saved = sorted(path for path in now.keys() | self.seen.keys() if now.get(path) != self.seen.get(path))
        self.seen = now
        if not saved:
            return
        self.edited = next((path.stem for path in saved if path.suffix == ".ipynb"), self.edited)
        if any(path.suffix == ".py" for path in saved) and self.builder:  # it has imported what was there before
            self.again = self.again or self.begun is not None
            self.end()
        if self.begun is not None:
            self.again = True
            self.builder.interrupt()
        elif is_stale(self.root, self.cohort) or self.again:
            self._build(f"{', '.join(path.name for path in saved[:3])} saved; building")

    def _build(self, text: str) -> None:
        self.builder = self.builder or Builder()
        self.begun, self.complaint, self.again = time.monotonic(), "", False
        self.said = ""
        self.bulletin.say(f"{time.strftime('%H:%M:%S')} {text} …")
        self.builder.build(self.cohort)

    def _hear(self) -> None:
        """What the builder says within a tick."""
        if self.builder is None:
            time.sleep(TICK)
            return
        [connection] = self.builder.connections
        if not connection.poll(TICK):
            return
        try:
            what, value = connection.recv()
        except EOFError:
            what, value = ENDED, -signal.SIGKILL
        if what == WRONG:
            self.complaint += value
        elif what == SAID:
            self.said += value
        elif what == ENDED:
            self._ended(value)

    def _ended(self, code: int) -> None:
        if self.begun is None:  # from outside, while there was nothing to build
            self.end()
            return
        seconds, self.begun = time.monotonic() - self.begun, None
        if code < 0:  # it was ended from outside
            self.end()
        if self.again or code == INTERRUPTED:
            self._build("saved again; building")
        elif code == 0:
            notices = [line for line in self.said.splitlines() if line.startswith("notebooks/")]
            self.bulletin.say("\n".join([f"{time.strftime('%H:%M:%S')} renewed in {seconds:.1f} s", *notices]))
            self.builder.run_ahead(self.cohort, self.edited)
        else:
            self.bulletin.say(self.complaint.strip() or "the build was ended from outside; save again", failed=True)

    def end(self) -> None:
        """Let the builder end; a build under way is interrupted."""
        if self.builder:
            self.builder.interrupt()  # what is under way, a run ahead too
            self.builder.close()
        self.builder, self.begun = None, None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Build a cohort's report, show it in the browser, and renew it at every save."
    )
    parser.add_argument("cohort")
    parser.add_argument("--port", type=int, default=int(os.environ.get("CHOSEN_PORT") or 0))
    asked = parser.parse_args(arguments)
    root, secret = Path(os.environ.get("FOLLOWUP_ROOT", HOUSE)), secrets.token_urlsafe(9)
    bulletin = Bulletin(root / "build" / asked.cohort)
    with ThreadingHTTPServer(("127.0.0.1", asked.port), partial(Window, bulletin, secret)) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"Open http://127.0.0.1:{server.server_port}/{secret}/ in your browser; Ctrl-C ends this.", flush=True)
        watch = Watch(root, asked.cohort, bulletin)
        try:
            watch.forever()
        except KeyboardInterrupt:
            print("\nEnded.")
        finally:
            watch.end()
            server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
