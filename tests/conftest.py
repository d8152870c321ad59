"""Local servers for every test that would otherwise need a mock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.gemini import Gemini
from tests.servers.github import GitHub
from tests.servers.slack import Slack


@pytest.fixture
def github() -> Iterator[GitHub]:
    """A local GitHub; a request or an answer that its description forbids fails the test."""
    with GitHub() as server:
        yield server
    assert not [*server.faults, *server.storage.faults]


@pytest.fixture
def gemini() -> Iterator[Gemini]:
    """A local Gemini in a good mood; set `mood` for another."""
    with Gemini() as server:
        yield server
    assert not server.faults


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A local Slack webhook."""
    with Slack() as server:
        yield server
    assert not server.faults
