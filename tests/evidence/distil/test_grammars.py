"""Each tool's way of reporting a failure, amid what a job prints besides, in four runners' dialects."""

from __future__ import annotations

import random

import pytest

from gatepost.evidence.distil import distil
from tests.evidence.distil.samples import SAMPLES

# Progress, success and words of trouble that state none; what most of a log is made of.
CHATTER = (
    "Collecting numpy==1.{n}",
    "  Downloading numpy-1.{n}-cp311-manylinux.whl (18.2 MB)",
    "Get:{n} http://archive.ubuntu.com/ubuntu jammy/main amd64 liberror-perl all 0.17029-1 [26.5 kB]",
    "Unpacking libgpg-error-dev (1.{n}) ...",
    "[INFO] Downloading from central: https://repo.maven.apache.org/errorprone/2.{n}/a.pom",
    "npm WARN deprecated fail-fast@1.{n}: use something else",
    "test_handles_error_{n} (tests.test_errors) ... ok",
    "    \u2713 reports an error when file {n} is missing (3ms)",
    "[ {n}%] Building CXX object src/CMakeFiles/fail.dir/failure.cc.o",
    "worker-{n}: 0 errors, 0 warnings",
    "src/legacy.c:{n}:3: warning: implicit declaration of function",
    "ok  \tacme.dev/shop/errors\t0.0{n}s",
    "added {n} packages in 3s",
    "copied chunk {n} to the cache",
)

# What a runner writes first, before each line, and last.
DIALECTS = {
    "github": (
        ["2026-03-01T10:00:00.1234567Z ##[group]Run make test", "2026-03-01T10:00:00.1234567Z ##[endgroup]"],
        "2026-03-01T10:00:00.1234567Z ",
        [
            "2026-03-01T10:00:00.1Z ##[error]Process completed with exit code 1.",
            "2026-03-01T10:00:00.1Z Post job cleanup.",
            "2026-03-01T10:00:00.1Z [command]/usr/bin/git version",
        ],
    ),
    "travis": (
        ["travis_time:start:0a1b2c3e\r\x1b[0K$ make test"],
        "",
        [
            "travis_time:end:0a1b2c3e:start=1,finish=2,duration=1",
            '\x1b[0K\x1b[31;1mThe command "make test" exited with 1.\x1b[0m',
            "travis_fold:start:cache.2\r\x1b[0Kstore build cache",
            "Done. Your build exited with 1.",
        ],
    ),
    "gitlab": (
        ["Running with gitlab-runner 16.1", "section_start:1700000000:step_script\r\x1b[0K$ make test"],
        "",
        ["Cleaning up project directory", "\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m"],
    ),
    "jenkins": (
        ["Started by user admin", "+ make test"],
        "",
        ["Build step 'Execute shell' marked build as failure", "Finished: FAILURE"],
    ),
}

# What some samples are recognised as, where the name of the sample is not a tool's.
TOOLS = {"go-build": "go", "rust-test": "rust"}
NO_GRAMMAR = {"python", "threshold", "timeout", "oom", "ocaml"}


def job(sample: str, dialect: str) -> tuple[bytes, range, int]:
    """Return a log, the numbers of the failure's lines in it, and that of the line stating the cause."""
    draw = random.Random(f"{sample} {dialect}")
    head, prefix, tail = DIALECTS[dialect]
    failure = SAMPLES[sample].rstrip("\n").split("\n")
    before = [line.format(n=draw.randrange(99)) for line in draw.choices(CHATTER, k=400)]
    after = [line.format(n=draw.randrange(99)) for line in draw.choices(CHATTER, k=draw.choice((0, 5, 20)))]
    body = [line.removeprefix("\u00bb") for line in failure]
    lines = [*head, *(prefix + line for line in (*before, *body, *after)), *tail]
    first = len(head) + len(before) + 1
    cause = first + next(i for i, line in enumerate(failure) if line.startswith("\u00bb"))
    return "\n".join(lines).encode(), range(first, first + len(failure)), cause


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_line_that_states_the_cause_is_among_the_best(sample, dialect):
    log, _, cause = job(sample, dialect)

    best = [line.number for line in distil(log).lines[:10]]

    assert cause in best


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_best_line_belongs_to_the_failure(sample):
    log, failure, _ = job(sample, "github")

    assert distil(log).lines[0].number in failure


@pytest.mark.parametrize("sample", sorted(set(SAMPLES) - NO_GRAMMAR))
def test_the_tool_is_named(sample):
    log, failure, _ = job(sample, "gitlab")

    named = {tool.tool: tool.lines for tool in distil(log).tools}

    tool = TOOLS.get(sample, sample)
    assert set(named.get(tool, ())) & set(failure), named


@pytest.mark.parametrize("dialect", DIALECTS)
def test_chatter_alone_names_no_tool_and_no_place(dialect):
    head, prefix, _ = DIALECTS[dialect]
    draw = random.Random(dialect)
    lines = [*head, *(prefix + line.format(n=draw.randrange(99)) for line in draw.choices(CHATTER, k=500))]

    found = distil("\n".join(lines).encode())

    assert found.exit_codes == ()
    assert found.tools == ()
    assert not any((found.cancelled, found.timed_out, found.truncated))
