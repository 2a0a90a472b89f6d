"""How soon is the chat's page seen, and a source after a click on its marker? In Chromium.

    python -m tests.bench.page_speed

The assistant is a stand-in, so that the page alone is measured. Each page is a new browser context:
nothing of it is cached. Chromium has to be installed (apt-get install chromium).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from statistics import median

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGS, free_port
from tests.browser.test_chat import CLICK_MS, ask, settle
from tests.fakes_ui import FakeAssistant
from ui.app import serve

_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20)
    args = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        print("Chromium is not installed: apt-get install chromium", file=sys.stderr)
        return 1
    server = serve(FakeAssistant(), host="127.0.0.1", port=free_port())
    paints, clicks = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        for _ in range(args.pages):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            paint, click = _timed(context.new_page(), server.url)
            paints.append(paint)
            clicks.append(click)
            context.close()
        browser.close()
    server.close()
    for name, times in (("first contentful paint", paints), ("marker click to source", clicks)):
        slowest = f"slowest of {len(times)} {max(times):5.0f} ms"
        print(f"{name:<24} median {median(times):5.0f} ms, {slowest}")
    return 0


def _timed(page: Page, url: str) -> tuple[float, float]:
    page.goto(url)
    page.wait_for_selector(".welcome h2")
    paint = page.evaluate(_PAINT)
    ask(page, "When was the bridge opened?")
    settle(page)
    return paint, page.evaluate(CLICK_MS)


if __name__ == "__main__":
    sys.exit(main())
