"""Several readers with the real models; KAYNAK_FAULTS=full."""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.assistant import Assistant
from rag.config import load_config
from tests.browser.tab import Tab

FULL = os.environ.get("KAYNAK_FAULTS") == "full"
pytestmark = [
    pytest.mark.models,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not FULL, reason="KAYNAK_FAULTS=full"),
]
CLIENTS = 8
TOWNS = ("Velm", "Orsk", "Tarnby", "Quell", "Ashmere", "Dunholt", "Ferrow", "Miren")
# Durations are said as well, with digits enough to hold any year.
_CANARY = re.compile("|".join(f"{town}|(?<!\\d){1900 + i}(?!\\d)" for i, town in enumerate(TOWNS)))


def test_eight_readers_never_mix(serve, tmp_path):
    for i, town in enumerate(TOWNS):
        text = f"# The orchard of {town}\n\nThe orchard of {town} was planted in {1900 + i}.\n"
        (tmp_path / f"{town}.md").write_text(text, encoding="utf-8")
    config = load_config(documents=tmp_path, index=tmp_path / ".kaynak")
    with Assistant.open(config) as assistant:
        assistant.sync()
        assistant.answer("warm")
        url = serve(assistant)

        def client(i: int) -> float:
            started = time.perf_counter()
            with Tab(url) as tab:
                for question in (f"When was the orchard of {TOWNS[i]} planted?", "When was that?"):
                    text = tab.ask(question, (f"{TOWNS[i]}.md",))
                    assert set(_CANARY.findall(text)) <= {TOWNS[i], str(1900 + i)}
                    assert str(1900 + i) in text
            return time.perf_counter() - started

        with ThreadPoolExecutor(CLIENTS) as pool:
            took = list(pool.map(client, range(CLIENTS)))
    print(f"{CLIENTS} readers, two answers each, {max(took):.0f} s, 0 mixed")
