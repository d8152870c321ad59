"""What `make road` prints: a line for each part that starts and each joint that holds, with its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

import pytest

Part = TypeVar("Part")


class Report:
    """Prints while the road is walked."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @contextmanager
    def started(self, name: str, part: AbstractContextManager[Part]) -> Iterator[Part]:
        """Start a part of the bench, tell how long that took, and end it afterwards."""
        began = time.monotonic()
        with part as running:
            self._line(time.monotonic() - began, f"      {name}")
            yield running

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Leave out pytest's dots: each joint has its line."""
        return (report.outcome, "", "") if report.when == "call" and report.passed else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print a joint when it has been tested, or could not be."""
        if report.when == "call" or report.failed:
            module, _, name = report.nodeid.rpartition("/")[2].partition("::")
            words = f"{module.removeprefix('test_').removesuffix('.py')}: {name.removeprefix('test_')}"
            verdict = "ok   " if report.passed else "FAIL "
            self._line(report.duration, verdict + words.replace("_", " "), red=report.failed)

    def _line(self, seconds: float, text: str, *, red: bool = False) -> None:
        capture = self._config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():  # a person is to see it now
            terminal = self._config.get_terminal_writer()
            terminal.write(f"\nroad {seconds:6.1f} s  {text}", red=red, flush=True)
