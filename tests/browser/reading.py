"""Reading a page in a browser: a window of some width, light or dark, on screen or on paper."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page

HOUSE = Path(__file__).parents[2]
BUILD = HOUSE / "build"
FLAGS = [
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
LANGUAGES = ("he", "en")
WIDTHS = {"wide": 1280, "phone": 375, "narrow": 320}


@dataclass
class Opened:
    """A page that was opened, and whatever it said or asked for while it was open."""

    page: Page
    file: Path
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def run(self, script: str, argument: object = None):
        return self.page.evaluate(script, argument)


class Reader:
    """Opens pages as a reader would: in a window of some width, in light or dark, on screen or on paper."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.open_pages: list[Opened] = []
        self.windows: dict[tuple, Opened] = {}

    def open(self, file: Path, width: str = "wide", scheme: str = "light", media: str = "screen") -> Opened:
        context = self.browser.new_context(
            viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        opened = Opened(context.new_page(), file)
        page = opened.page
        page.on("console", lambda message: opened.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: opened.said.append(str(error)))
        page.on("dialog", lambda dialog: (opened.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: opened.asked.append(request.url))
        if media == "print":
            page.emulate_media(media="print")
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready.then(() => true)")
        self.open_pages.append(opened)
        return opened

    def look_at(self, file: Path, width: str = "wide", scheme: str = "light", media: str = "screen") -> Opened:
        """The same as `open`, in a window that stays open for all who only look."""
        key = (file, width, scheme, media)
        if key not in self.windows:
            self.windows[key] = self.open(*key)
        return self.windows[key]

    def close(self) -> None:
        for opened in self.open_pages:
            opened.page.context.close()
        self.open_pages.clear()


def file_of(address: str) -> Path:
    """The file that a file: address names, without its fragment."""
    return Path(unquote(urlsplit(address).path))
