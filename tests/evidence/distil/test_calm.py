"""Words that look like trouble and are none."""

from __future__ import annotations

import pytest

from gatepost.evidence.distil.judge import judge

HINT = 4.5


@pytest.mark.parametrize(
    "line",
    [
        "0 errors, 0 warnings",
        "Tests run: 54, Failures: 0, Errors: 0, Skipped: 0",
        "gcc -Werror -Wl,--no-undefined -o cart cart.o",
        "$ set -o pipefail",
        "pytest --fail-under=90 tests/errors",
        "    \u2713 fails when the file is missing (3ms)",
        "test_unknown_error (tests.CartTest) ... ok",
        "[ 14%] Building CXX object src/error.cpp.o",
        "Unpacking libgpg-error-dev (1.42-5) ...",
        "--- PASS: TestErrorHandling (0.00s)",
        "no problems found",
    ],
)
def test_they_weigh_little(line):
    assert judge(line).weight <= HINT


@pytest.mark.parametrize(
    "line",
    [
        "1 error, 0 warnings",
        "Tests run: 54, Failures: 1, Errors: 0, Skipped: 0",
        "TEST-UNEXPECTED-PASS | /fs/lock.html | holds",
        "FAILED (errors=1)",
    ],
)
def test_their_serious_siblings_weigh_more(line):
    assert judge(line).weight > HINT - 1
