"""Paths as logs print them."""

from __future__ import annotations

import pytest

from gatepost.evidence.paths import in_repository


@pytest.mark.parametrize(
    "printed",
    [
        "src/a.py",
        "./src/a.py",
        "/home/runner/work/model/model/src/a.py",
        "/Users/runner/work/model/model/src/a.py",
        "file:///home/runner/work/model/model/src/a.py",
        "D:\\a\\model\\model\\src\\a.py",
        "/__w/model/model/src/a.py",
        "/github/workspace/src/a.py",
        "/home/travis/build/acme/model/src/a.py",
        "/builds/acme/model/src/a.py",
        "/data/runners/7/_work/model/model/src/a.py",
        " src/a.py ",
    ],
)
def test_the_workspace_of_any_runner_is_stripped(printed):
    assert in_repository(printed, repository="acme/model") == "src/a.py"


@pytest.mark.parametrize(
    "printed",
    [
        "",
        ".",
        "/etc/passwd",
        "/usr/lib/python3.11/json/decoder.py",
        "C:\\Windows\\x.dll",
        "../a.py",
        "src/../../a.py",
        "/home/runner/work/model/model/../../../etc/passwd",
        "~/.ssh/id_rsa",
        ".git/config",
        "https://example.com/a.py",
        "src//a.py",
        "src/a\x1b[2J.py",
        "src/a\u202e.py",
        "a/" * 300 + "b",
    ],
)
def test_what_points_elsewhere_yields_nothing(printed):
    assert in_repository(printed, repository="acme/model") == ""


@pytest.mark.parametrize(
    "printed",
    [
        ".venv/lib/python3.11/site-packages/numpy/core.py",
        "/home/runner/work/model/model/.venv/lib/python3.11/site-packages/numpy/core.py",
        "web/node_modules/jest/build/index.js",
        "/opt/hostedtoolcache/Python/3.11.9/x64/lib/python3.11/json/decoder.py",
        "_temp/hostedtoolcache/go/1.25/src/net/http/server.go",
        "usr/lib/python3/dist-packages/yaml/reader.py",
        ".tox/py311/lib/a.py",
    ],
)
def test_installed_code_is_not_where_to_look(printed):
    assert in_repository(printed, repository="acme/model") == ""
