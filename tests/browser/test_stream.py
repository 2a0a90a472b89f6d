"""Questions asked while Gradio closes the stream of a tab's earlier event."""

import asyncio

from playwright.sync_api import expect

import ui.app
from tests.fakes_ui import FakeAssistant
from ui.security import Guard


class LateClose(Guard):
    """The word that a stream ends arrives later than what was sent after it, as it may."""

    async def __call__(self, scope, receive, send):
        async def late(message):
            if b"close_stream" in message.get("body", b""):
                await asyncio.sleep(0.2)
            await send(message)

        await super().__call__(scope, receive, late)


def test_no_question_is_lost_when_its_stream_closes(serve, open_page, monkeypatch):
    # Gradio's page takes a stream for open until it reads that it is closed, and then nobody
    # reads the answer to what was asked meanwhile.
    monkeypatch.setattr(ui.app, "Guard", LateClose)
    page = open_page(serve(FakeAssistant()))
    for number in range(1, 7):
        page.fill("#question textarea", "When was the bridge opened?")
        page.press("#question textarea", "Enter")
        expect(page.locator(f"#done .turn[data-turn='{number}']")).to_be_visible()
