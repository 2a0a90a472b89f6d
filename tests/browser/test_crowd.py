"""Many at once: nothing mixes, those who wait are told, who leaves is not worked for, no leak.

The small size runs always; KAYNAK_FAULTS=full runs the size that the figures are for.
"""

from __future__ import annotations

import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from rag.config import Chat, Config
from tests.browser.tab import Tab
from tests.fakes_ui import FakeAssistant, document

FULL = os.environ.get("KAYNAK_FAULTS") == "full"
# A thousand answers take two minutes on an idle machine of two cores, and longer on a busy one.
pytestmark = pytest.mark.timeout(1800 if FULL else 300)
CLIENTS = 50 if FULL else 16
ROUNDS = 20 if FULL else 3
HANG_UPS = 100 if FULL else 8
CONVERSATIONS = 2000 if FULL else 240
WARM_UP = 400 if FULL else 120
MOST_BYTES_EACH = 5 * 1024
# The small size is too short to tell a leak from the noise of the allocator; it finds gross ones.
MOST_BYTES_EACH_SMALL = 60 * 1024
CANARY = re.compile(r"canary(\d+)x")


def crowd(n: int, **more) -> FakeAssistant:
    """A document for each client, with a word that only it has."""
    made = [
        document(f"{i}.md", f"Papers of canary{i}x", f"Papers\n\nThe secret of canary{i}x is {i}.")
        for i in range(n)
    ]
    return FakeAssistant(made, config=Config(chat=Chat(queue=32)), **more)


def test_conversations_of_many_never_mix(serve):
    assistant = crowd(CLIENTS, pause=0.005)
    url = serve(assistant)
    waited = threading.Event()
    turned_away = threading.Event()

    def client(i: int) -> int:
        tab, told = Tab(url), 0
        for asked in range(ROUNDS):
            start = f"What is the secret of canary{i}x"
            question = f"{start} today?" if asked % 2 == 0 else f"And canary{i}x?"
            while True:
                text = tab.ask(question, (f"{i}.md",))
                if "are waiting already" not in text:
                    break
                turned_away.set()
                time.sleep(1)
            if "before yours" in text:
                waited.set()
            found = set(CANARY.findall(text))
            assert found == {str(i)}, f"client {i} saw {found}"
            assert f"The secret of canary{i}x is {i}." in text
            told += 1
        tab.leave()
        return told

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = list(pool.map(client, range(CLIENTS)))
    assert told == [ROUNDS] * CLIENTS
    assert waited.is_set()
    assert turned_away.is_set() or CLIENTS <= 33
    for question, history, documents in assistant.asked:
        (own,) = set(CANARY.findall(question))
        assert documents == [f"{own}.md"]
        assert set(CANARY.findall(" ".join(q + a for q, a in history))) <= {own}
    print(f"{sum(told)} answers to {CLIENTS} clients, 0 mixed, 0 errors")


def test_hanging_up_stops_the_work(serve):
    assistant = FakeAssistant()
    url = serve(assistant)
    slowest = 0.0
    for i in range(HANG_UPS):
        tab = Tab(url)
        tab.begin("slowly: the bridge")
        lines = tab.lines()
        for line in lines:
            if "Writing slowly" in line:
                break
        before = assistant.closed
        started = time.perf_counter()
        tab.leave()
        while assistant.closed == before:
            assert time.perf_counter() - started < 2, f"hang-up {i} did not stop the model"
            time.sleep(0.01)
        slowest = max(slowest, time.perf_counter() - started)
    assert assistant.closed == HANG_UPS
    print(f"{HANG_UPS} hang-ups, the slowest stopped after {slowest:.2f} s")
    with Tab(url) as tab:
        assert "Edith Crane" in tab.ask("Who founded the public library?")


def test_who_hangs_up_while_waiting_frees_the_line(serve):
    assistant = FakeAssistant()
    url = serve(assistant)
    first, *others = (Tab(url) for _ in range(5))
    first.begin("slowly: the bridge")
    for tab in others:
        tab.begin("slowly: the library")
    waiting = others[-1].lines()
    next(line for line in waiting if "before yours" in line)
    for tab in others:
        tab.leave()
    first.leave()
    with Tab(url) as tab:
        assert "Edith Crane" in tab.ask("Who founded the public library?")
        assert "before yours" not in tab.ask("Who founded the public library?")


def test_errors_end_a_turn_and_nothing_else(serve):
    url = serve(FakeAssistant())
    with Tab(url) as tab:
        for _ in range(50 if FULL else 5):
            assert "The model stopped in the middle" in tab.ask("fail at the bridge")
        assert "Edith Crane" in tab.ask("Who founded the public library?")


@pytest.mark.timeout(1800)
def test_short_conversations_leave_nothing_behind(serve):
    url = serve(FakeAssistant())
    process = psutil.Process()

    def converse(n: int) -> None:
        for _ in range(n):
            tab = Tab(url)
            assert "Edith Crane" in tab.ask("Who founded the public library?")
            tab.leave()

    converse(WARM_UP)
    sizes, threads = [process.memory_info().rss], process.num_threads()
    steps = 8
    for _ in range(steps):
        converse((CONVERSATIONS - WARM_UP) // steps)
        sizes.append(process.memory_info().rss)
    # The slope through all points: one late collection does not decide.
    mean_x, mean_y = steps / 2, sum(sizes) / len(sizes)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in enumerate(sizes))
    slope /= sum((x - mean_x) ** 2 for x in range(steps + 1))
    each = slope / ((CONVERSATIONS - WARM_UP) // steps)
    print(f"{CONVERSATIONS} conversations: {each / 1024:.1f} KB each, {sizes}")
    assert each <= (MOST_BYTES_EACH if FULL else MOST_BYTES_EACH_SMALL)
    assert process.num_threads() <= threads + 5
