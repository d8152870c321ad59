"""Outputs, summaries and annotations, as the runner receives them; and nothing on a laptop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gatepost.model import Level
from gatepost.outputs import (
    ANNOTATIONS_PER_STEP,
    SUMMARY_LIMIT_BYTES,
    annotate,
    log_line,
    set_output,
    write_summary,
)
from gatepost.safety import sanitise
from tests.safety.test_runner import commands, read_file_commands


def run(program: str, **env: str) -> str:
    """Run `program` as a step of its own, as the count of annotations is per step; return what it logs."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **env},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == ""
    return done.stderr


def test_outputs_add_up_in_the_file(tmp_path: Path) -> None:
    env = {"GITHUB_OUTPUT": str(tmp_path / "output")}

    set_output("passed", "false", env=env)
    set_output("report", "line\nEVIL=1\nEOF", env=env)

    text = (tmp_path / "output").read_text()
    assert read_file_commands(text) == {"passed": "false", "report": "line\nEVIL=1\nEOF"}


def test_nothing_is_written_outside_actions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    set_output("passed", "true", env={})
    write_summary(sanitise("text", repository="a/b"), env={"GITHUB_STEP_SUMMARY": ""})

    assert list(tmp_path.iterdir()) == []


def test_summary_takes_safe_markdown_only(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="SafeMarkdown"):
        write_summary("raw", env={"GITHUB_STEP_SUMMARY": str(tmp_path / "s")})  # type: ignore[arg-type]


def test_summary_over_the_limit_is_cut_and_says_so(tmp_path: Path) -> None:
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    long = sanitise("```\n" + "line é\n" * 400_000 + "```", repository="a/b", max_bytes=3_000_000)
    write_summary(sanitise("first", repository="a/b"), env=env)

    write_summary(long, env=env)
    write_summary(sanitise("too late", repository="a/b"), env=env)

    written = (tmp_path / "summary").read_bytes()
    assert SUMMARY_LIMIT_BYTES - 1000 < len(written) <= SUMMARY_LIMIT_BYTES
    assert written.startswith(b"first\n")
    assert b"```\n\n*Cut here:" in written[-100:]


def test_annotation_pins_an_escaped_message_to_its_line() -> None:
    log = run(
        "from gatepost.outputs import annotate; from gatepost.model import Level\n"
        "annotate(Level.WARNING, 'bad\\n::error::x', path='a,b.py', line=3, title='check: x')",
        GITHUB_ACTIONS="true",
    )

    assert log == "::warning file=a%2Cb.py,line=3,title=check%3A x::bad%0A::error::x\n"


def test_annotations_beyond_ten_of_a_level_are_left_out_and_told() -> None:
    log = run(
        "from gatepost.outputs import annotate, log_line; from gatepost.model import Level\n"
        "shown = [annotate(Level.ERROR, f'e{n}') for n in range(13)] + [annotate(Level.NOTE, 'n')]\n"
        "log_line(str(shown.count(False)))",
        GITHUB_ACTIONS="true",
    )

    assert log.count("::error::") == ANNOTATIONS_PER_STEP
    assert log.endswith("::notice::n\n3\n")


def test_annotation_reads_well_on_a_laptop(capsys: pytest.CaptureFixture[str]) -> None:
    annotate(Level.ERROR, "too long", path="src/x.py", line=7, title="E501", env={})

    assert capsys.readouterr().err == "error: src/x.py:7: E501: too long\n"


def test_logged_text_is_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    log_line("a\r::error::b ##[group]c")

    assert commands(capsys.readouterr().err) == []
