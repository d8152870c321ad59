"""Logs of tools that really failed a moment ago."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gatepost.evidence.distil import distil

UNITTEST = """\
import unittest

class T(unittest.TestCase):
    def test_total(self):
        self.assertEqual(11, 12)
"""


def fail(*command: str, cwd) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode
    return done.stdout


@pytest.mark.parametrize(
    ("tool", "command", "source", "cause"),
    [
        (
            "pytest",
            ["pytest", "-p", "no:cacheprovider", "test_cart.py"],
            "def test_total():\n    assert 11 == 12\n",
            "assert 11 == 12",
        ),
        (
            "unittest",
            ["unittest", "test_cart"],
            UNITTEST,
            "11 != 12",
        ),
        ("flake8", ["flake8", "--isolated", "test_cart.py"], "import os\n", "F401"),
        (
            "mypy",
            ["mypy", "--cache-dir=/dev/null", "test_cart.py"],
            "total: int = 'eleven'\n",
            "Incompatible types",
        ),
        (
            "bandit",
            ["bandit", "-q", "test_cart.py"],
            "import subprocess\nsubprocess.run('ls', shell=True)\n",
            "B602",
        ),
        ("python", ["test_cart"], "def total():\n    return {}['price']\n\ntotal()\n", "KeyError: 'price'"),
    ],
)
def test_the_cause_is_among_the_first_lines(tmp_path, tool, command, source, cause):
    (tmp_path / "test_cart.py").write_text(source)
    log = (
        b"setting up\n" * 400
        + fail(*command, cwd=tmp_path)
        + b"##[error]Process completed with exit code 1.\n"
    )

    found = distil(log)

    assert any(cause in line.text for line in found.lines[:6])
    if tool != "python":
        assert tool in {item.tool for item in found.tools}
    assert any(place.path.endswith("test_cart.py") for place in found.places)
