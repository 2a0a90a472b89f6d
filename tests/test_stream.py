"""The answer to a new event, and the end of a stream."""

import asyncio

import pytest

from ui.stream import StreamOrder

CLOSE = b'data: {"msg":"close_stream","event_id":null}\n\n'
SAID = b'data: {"msg":"process_completed","output":"\\"msg\\":\\"close_stream\\""}\n\n'


def run_beside(body: bytes, *, path: str = "/gradio_api/queue/join", slow: float = 0.3):
    """What was sent, in order, when a request comes while a slow reader gets a chunk."""
    sent = []

    async def app(scope, receive, send):
        if scope["path"].endswith("data"):
            await send({"type": "http.response.body", "body": body})
        else:
            await send({"type": "http.response.start"})

    async def slowly(message):
        await asyncio.sleep(slow)
        sent.append("stream")

    async def at_once(message):
        sent.append("taken")

    async def both():
        order = StreamOrder(app)
        stream = asyncio.create_task(
            order({"type": "http", "path": "/gradio_api/queue/data"}, None, slowly)
        )
        await asyncio.sleep(0)
        await order({"type": "http", "path": path}, None, at_once)
        await stream

    asyncio.run(both())
    return sent


def test_an_event_is_taken_after_the_stream_was_closed():
    assert run_beside(CLOSE) == ["stream", "taken"]


@pytest.mark.parametrize("body", [b'data: {"msg":"process_generating"}\n\n', SAID])
def test_nothing_waits_for_other_words_of_a_stream(body):
    assert run_beside(body) == ["taken", "stream"]


def test_other_requests_do_not_wait():
    assert run_beside(CLOSE, path="/gradio_api/upload") == ["taken", "stream"]


def test_a_reader_who_takes_nothing_holds_nobody_up_for_long():
    assert run_beside(CLOSE, slow=1.5) == ["taken", "stream"]
