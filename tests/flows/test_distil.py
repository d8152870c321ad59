"""`gatepost distil`, as a person or a script calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CAUSE = "src/cart.c:14:12: error: 'totla' undeclared"
LOG = "\n".join(
    [*(f"compiled file {n}" for n in range(200)), CAUSE, "##[error]Process completed with exit code 2.", ""]
)


def gatepost(*args: object, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gatepost.cli", "distil", *map(str, args)]
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={"PYTHONUTF8": "1", **env},
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "build.log"
    path.write_text(LOG, encoding="utf-8")
    return path


def test_numbers_come_best_first_as_json(log):
    done = gatepost(log, "--json")

    assert json.loads(done.stdout)["lines"][0] == 201
    assert done.returncode == 0


def test_a_pipe_is_read_like_a_file(log):
    assert gatepost("-", "--json", stdin=LOG).stdout == gatepost(log, "--json").stdout


def test_people_read_the_lines_in_order_with_numbers_and_gaps(log):
    shown = gatepost(log, "--lines", 2).stdout.splitlines()

    assert shown[0].startswith("2 of 202 lines")
    assert "exit code 2" in shown[0]
    assert shown[2].strip() == "\u22ee"
    assert shown[3] == f"\u2192 201  {CAUSE}"
    assert shown[4].startswith("\u2192 202  ")


def test_the_passing_log_tells_what_is_new(tmp_path, log):
    passing = tmp_path / "green.log"
    passing.write_text(LOG.replace("compiled file 77\n", ""), encoding="utf-8")
    log.write_text(LOG.replace("compiled file 77\n", "an odd thing\n"), encoding="utf-8")

    done = gatepost(log, "--passing", passing, "--json")

    assert json.loads(done.stdout)["lines"][0] == 78


def test_the_runner_cannot_take_a_shown_line_for_a_command():
    done = gatepost("-", stdin="error: x\n##[error]no\n::error::no\n::add-mask::no\n", GITHUB_ACTIONS="true")

    assert "##[" not in done.stdout
    assert not any(line.lstrip().startswith("::") for line in done.stdout.splitlines())


def test_secrets_are_not_shown():
    token = "ghp_" + "a1B2c3D4e5F6" * 3

    done = gatepost("-", stdin=f"error: cannot push with {token}\n")

    assert "cannot push" in done.stdout
    assert token not in done.stdout


def test_an_empty_log_gets_a_sentence():
    done = gatepost("-")

    assert (done.stdout, done.returncode) == ("The log is empty.\n", 0)


def test_data_that_is_no_log_gets_a_sentence(tmp_path):
    (tmp_path / "build.log").write_bytes(bytes(range(256)) * 20)

    assert "binary data, not text" in gatepost(tmp_path / "build.log").stdout


@pytest.mark.parametrize(
    ("args", "what", "fix"),
    [
        (["nowhere.log"], "nowhere.log", "log file"),
        (["-", "--lines", "0"], "--lines is 0", "1 or more"),
        (["-", "--bytes", "9"], "--bytes is 9", "256 or more"),
        (["-", "--passing", "-"], "standard input", "file"),
    ],
)
def test_bad_input_is_named_with_the_next_step(args, what, fix):
    done = gatepost(*args)

    assert done.returncode == 2
    assert what in done.stderr
    assert fix in done.stderr.split("fix:")[1]
    assert "Traceback" not in done.stderr
