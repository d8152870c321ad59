"""Versions that logs print, and what differs between two."""

from __future__ import annotations

import pytest

from gatepost.evidence.versions import Head, differences, versions


@pytest.mark.parametrize(
    ("line", "name", "version"),
    [
        ("Current runner version: '2.321.0'", "runner", "2.321.0"),
        ("Image: ubuntu-24.04\nVersion: 20241117.1.0", "runner image ubuntu-24.04", "20241117.1.0"),
        ("Successfully set up CPython (3.11.9)", "CPython", "3.11.9"),
        ("Successfully installed numpy-2.0.0 x_y-1", "package numpy", "2.0.0"),
        (" + pandas==2.2.0", "package pandas", "2.2.0"),
        ("node: v20.11.0", "node", "20.11.0"),
        ('openjdk version "17.0.9" 2023-10-17', "openjdk", "17.0.9"),
        ("Apache Maven 3.9.6 (bc0240f3c744)", "Apache Maven", "3.9.6"),
        ("go version go1.22.1 linux/amd64", "go", "1.22.1"),
        ("2026-11-20T10:00:00.0000000Z \x1b[36mPython 3.11.9\x1b[0m", "Python", "3.11.9"),
        (
            "Download action repository 'actions/checkout@v4' (SHA:" + "1234" * 10 + ")",
            "action actions/checkout@v4",
            "123412341234",
        ),
    ],
)
def test_versions_are_read_as_tools_print_them(line, name, version):
    assert versions(line.encode())[name] == version


@pytest.mark.parametrize(
    "line", ["Ran 3 tests in 1.234s", "Total time: 1.23.4", "took 10.20.30", "127.0.0.1 - GET /", "\xff" * 50]
)
def test_what_is_no_version_is_not_taken_for_one(line):
    assert versions(line.encode("latin-1")) == {}


def test_only_what_differs_is_told():
    before = {"Python": "3.11.9", "package a": "1", "package gone": "1", "only before": "1.2.3"}
    after = {"Python": "3.12.0", "package a": "1", "package new": "2"}

    assert differences(before, after) == [
        "Python: 3.11.9 -> 3.12.0",
        "package gone: 1 is gone",
        "package new: 2 is new",
    ]


def test_a_log_that_lists_no_packages_does_not_make_them_all_disappear():
    assert differences({"package a": "1"}, {"Python": "3.11.9"}) == []


def test_only_the_head_of_a_log_is_kept_and_all_of_it_passes_through():
    head = Head([b"x" * 200_000] * 5)

    assert sum(map(len, head)) == 1_000_000
    assert len(head.kept) == 256 * 1024
