"""Fixtures for all tests; no test reaches beyond this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import HashEmbedder, ScriptedGenerator

SEEDS = Path(__file__).parent.parent / "seeds"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_connect: Callable[..., Any] = socket.socket.connect


def _guarded_connect(self: socket.socket, address: Any) -> Any:
    if self.family != getattr(socket, "AF_UNIX", None) and address[0] not in _LOOPBACK:
        raise AssertionError(f"a test tried to reach {address}")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect)
        yield


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def generator() -> ScriptedGenerator:
    return ScriptedGenerator()


@pytest.fixture
def seeds() -> Path:
    return SEEDS
