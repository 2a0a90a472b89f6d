"""A served chat and a real browser; nothing may leave this machine.

`serve` takes any assistant, so that tests with the real one can use it too.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.fakes_ui import FakeAssistant
from ui.app import serve as serve_assistant

ARGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# On a machine that is busy with other things, KAYNAK_PATIENCE=10 waits ten times as long.
PATIENCE = float(os.environ.get("KAYNAK_PATIENCE", "1"))
TIMEOUT_MS = 15_000 * PATIENCE
expect.set_options(timeout=5_000 * PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_here(item):
            item.add_marker(pytest.mark.browser)
    # Last: until Playwright is closed its event loop counts as running in the main thread, and
    # `asyncio.run` refuses to work beside it.
    items.sort(key=_is_here)


def _is_here(item: pytest.Item) -> bool:
    return Path(__file__).parent in item.path.parents


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., str]]:
    """``serve(assistant) -> url``; the servers are closed with the module."""
    served = []

    def start(assistant) -> str:
        server = serve_assistant(assistant, host="127.0.0.1", port=free_port())
        served.append(server)
        return server.url

    yield start
    for server in served:
        server.close()


class Watch:
    """What a page asked of other hosts, and which scripts of others ran."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.left: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        context.route("**/*", self._route)
        context.add_init_script("window.ran = []")

    def page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.url)
        page.wait_for_selector(".welcome h2")
        return page

    def _route(self, route):
        url = route.request.url
        if url.startswith((self.url, "data:", "blob:")):
            route.continue_()
            return
        self.left.append(url)
        route.abort()

    def _dialog(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(url, width=1440, dark=False) -> page``; afterwards nothing may have left."""
    opened: list[tuple[Watch, BrowserContext]] = []

    def start(
        url: str, *, width: int = 1440, height: int = 900, dark: bool = False, locale: str = "en-US"
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            color_scheme="dark" if dark else "light",
        )
        watch = Watch(context, url)
        opened.append((watch, context))
        return watch.page(context)

    yield start
    for watch, context in opened:
        context.close()
        assert watch.left == []
        assert watch.dialogs == []
        assert watch.errors == []


@pytest.fixture(scope="module")
def town(serve) -> str:
    """The address of a chat over the three documents of the fake."""
    return serve(FakeAssistant())
