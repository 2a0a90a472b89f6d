"""A stop at each step that changes a file: writes (also half of one), fsyncs, renames, commits."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import steps, world
from tests.faults.figures import Figure, size

_EVERY = size(29, 1)

needs_compiler = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="steps are counted by a library that is made with cc and loaded before libc",
)


def stops(folder: Path) -> list[Figure]:
    timer = world.Timer()
    shares = ("0:2", "1:2")
    with ThreadPoolExecutor(len(shares)) as pool:
        places = [folder / share.replace(":", "-") for share in shares]
        for place in places:
            place.mkdir()
        parts = list(pool.map(lambda at: steps.run(f"stops {at[0]}", at[1], _EVERY),
                              zip(shares, places, strict=True)))  # fmt: skip
    wrong = [line for part in parts for line in part["wrong"]]
    tried = sum(part["tried"] for part in parts)
    counted = {name: n for part in parts for name, n in part["steps"].items()}
    (folder / "naive").mkdir()
    control = steps.run("naive", folder / "naive")[0]
    return [
        Figure(
            "stop before and amid every write, fsync, rename and unlink", tried, len(wrong),
            timer.seconds, ", ".join(f"{name} {n}" for name, n in counted.items()) + " steps",
            f"two files in place: {len(control['wrong'])} of {control['tried']} broken",
            tuple(wrong),
        )
    ]  # fmt: skip


HARNESSES = [stops] if sys.platform == "linux" and shutil.which("cc") else []


@needs_compiler
def test_stops(tmp_path):
    figure = stops(tmp_path)[0]
    assert figure.examples == ()
    assert figure.n >= 60
    assert all(f"{scene.name} " in figure.note for scene in steps.SCENES)
    assert int(figure.control.split()[4]) > 0, "the control found nothing wrong"
