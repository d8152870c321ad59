"""A bench for each test that runs a workflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.bench import Bench
from tests.e2e.delivery import Runner
from tests.servers.gemini import Gemini
from tests.servers.github import GitHub
from tests.servers.slack import Slack


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner that has delivered this model before."""
    return Runner.used(tmp_path_factory.mktemp("runner"))


@pytest.fixture
def bench(tmp_path: Path, runner: Runner, github: GitHub, gemini: Gemini, slack: Slack) -> Bench:
    return Bench(folder=tmp_path, github=github, gemini=gemini, slack=slack, kept=runner.kept)
