"""A disk that is full from some step on: old data can be read, and all works when there is room."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.faults import steps, world
from tests.faults.figures import Figure, size

_EVERY = size(53, 7)

needs_compiler = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="the disk is filled by a library that is made with cc and loaded before libc",
)


def full_disk(folder: Path) -> list[Figure]:
    timer = world.Timer()
    found = steps.run("full", folder, _EVERY)
    (folder / "naive").mkdir()
    control = steps.run("naive", folder / "naive")[1]
    return [
        Figure(
            "disk full from the n-th step on", found["tried"], len(found["wrong"]),
            timer.seconds, "old data found, disk named, works again with room, each time",
            f"two files in place: {len(control['wrong'])} of {control['tried']} broken",
            tuple(found["wrong"]),
        )
    ]  # fmt: skip


HARNESSES = [full_disk] if sys.platform == "linux" and shutil.which("cc") else []


@needs_compiler
def test_full_disk(tmp_path):
    figure = full_disk(tmp_path)[0]
    assert figure.examples == ()
    assert figure.n >= 25
    assert int(figure.control.split()[4]) > 0, "the control found nothing wrong"
