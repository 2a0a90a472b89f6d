"""The answer to a new event, and the end of a stream."""

import asyncio
import time

import pytest

from ui.stream import StreamOrder

CLOSE = b'data: {"msg":"close_stream","event_id":null}\n\n'
SAID = b'data: {"msg":"process_completed","output":"\\"msg\\":\\"close_stream\\""}\n\n'
JOIN = b'{"data": ["Why?"], "session_hash": "%s"}'


async def gradio(scope, receive, send):
    """Sends what a request holds; a stream's end, or the answer to an event."""
    message = await receive()
    if scope["path"].endswith("data"):
        await send({"type": "http.response.body", "body": message["body"]})
    else:
        await send({"type": "http.response.start"})


async def ask(order, path, body, send, query=b""):
    async def receive():
        return {"type": "http.request", "body": body}

    scope = {"type": "http", "path": f"/gradio_api{path}", "query_string": query}
    await order(scope, receive, send)


def run_beside(body: bytes, *, path: str = "/queue/join", tab: bytes = b"a", slow: float = 0.4):
    """What was sent, in order, when a request comes while a slow reader gets a chunk of tab a."""
    sent = []

    async def slowly(message):
        await asyncio.sleep(slow)
        sent.append("stream")

    async def at_once(message):
        sent.append("taken")

    async def both():
        order = StreamOrder(gradio)
        stream = asyncio.create_task(
            ask(order, "/queue/data", body, slowly, query=b"session_hash=a&x=1")
        )
        await asyncio.sleep(0)
        await ask(order, path, JOIN % tab, at_once)
        await stream

    asyncio.run(both())
    return sent


def test_an_event_is_taken_after_the_stream_was_closed():
    assert run_beside(CLOSE) == ["stream", "taken"]


@pytest.mark.parametrize("body", [b'data: {"msg":"process_generating"}\n\n', SAID])
def test_nothing_waits_for_other_words_of_a_stream(body):
    assert run_beside(body) == ["taken", "stream"]


@pytest.mark.parametrize(("path", "tab"), [("/upload", b"a"), ("/queue/join", b"b")])
def test_other_requests_and_other_tabs_do_not_wait(path, tab):
    assert run_beside(CLOSE, path=path, tab=tab) == ["taken", "stream"]


def test_a_reader_who_takes_nothing_holds_nothing_up_for_long():
    assert run_beside(CLOSE, slow=1.5) == ["taken", "stream"]


def test_what_was_sent_has_time_to_arrive():
    waited = []

    async def nowhere(message):
        pass

    async def run():
        order = StreamOrder(gradio)
        await ask(order, "/queue/data", CLOSE, nowhere, query=b"session_hash=a")
        for _ in range(2):
            started = time.monotonic()
            await ask(order, "/queue/join", JOIN % b"a", nowhere)
            waited.append(time.monotonic() - started)

    asyncio.run(run())
    assert waited[0] >= 0.25
    assert waited[1] < 0.1
