"""Lints and tests small real repositories with the real linters and the real pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gatepost.errors import ConfigError, UpstreamError
from gatepost.gates.check import Checked, check
from gatepost.gates.environment import foreign
from gatepost.model import Level

GOOD = """def half(number):
    return number / 2
"""

TESTS = """from model import half


def test_half():
    assert half(4) == 2
"""

# The Python that runs these tests has what a repository's own would have: pytest, flake8 and ruff.
THERE = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin"}


def repository(folder: Path, **files: str) -> Path:
    """Make a repository with a module, a test of it, and `files` by name, dots written as `__`."""
    (folder / "setup.cfg").write_text("[tool:pytest]\npythonpath = .\n")
    (folder / "model.py").write_text(GOOD)
    (folder / "test_model.py").write_text(TESTS)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def checked(root: Path, *, env: dict[str, str] = THERE, timeout_s: float = 60) -> Checked:
    return check(root, reports=root / "reports", env=env, timeout_s=timeout_s)


def test_a_clean_repository_passes_and_leaves_its_reports(tmp_path):
    verdict = checked(repository(tmp_path)).judge()

    assert verdict.passed
    assert dict(verdict.facts)["linter"] == "flake8"
    assert dict(verdict.facts)["tests"] == "1 run, 0 failed, 0 skipped"
    assert (tmp_path / "reports" / "junit.xml").is_file()
    assert (tmp_path / "reports" / "coverage.json").is_file()


def test_a_failing_test_stops_with_the_line_that_failed(tmp_path):
    root = repository(tmp_path, test_more__py="def test_sum():\n    total = 1\n\n    assert total == 3\n")

    verdict = checked(root).judge()

    [finding] = verdict.findings
    assert not verdict.passed
    assert (finding.rule, finding.path, finding.line) == ("check/test-failed", "test_more.py", 4)
    assert "test_sum" in finding.message
    assert "assert 1 == 3" in finding.message


def test_a_fixture_that_breaks_counts_as_failed(tmp_path):
    text = (
        "import pytest\n\n\n@pytest.fixture\ndef data():\n    raise OSError('no disk')\n\n\n"
        "def test_it(data):\n    pass\n"
    )

    verdict = checked(repository(tmp_path, test_more__py=text)).judge()

    assert [f.rule for f in verdict.findings] == ["check/test-failed"]
    assert "no disk" in verdict.findings[0].message


def test_a_module_that_cannot_be_imported_stops(tmp_path):
    verdict = checked(repository(tmp_path, test_more__py="import not_there\n\nprint(not_there)\n")).judge()

    [finding] = verdict.findings
    assert "test_more" in finding.message
    assert not verdict.passed


def test_settings_that_pytest_refuses_are_an_error_not_a_pass(tmp_path):
    root = repository(tmp_path, setup__cfg="[tool:pytest]\naddopts = --no-such-option\n")

    with pytest.raises(UpstreamError, match="no-such-option"):
        checked(root)


def test_an_interrupted_suite_is_an_error_not_a_pass(tmp_path):
    text = "def test_stop():\n    raise KeyboardInterrupt\n"

    with pytest.raises(UpstreamError, match="exit code 2"):
        checked(repository(tmp_path, test_more__py=text))


@pytest.mark.parametrize(("settings", "linter"), [("", "flake8"), ("line-length = 100\n", "ruff")])
def test_a_lint_finding_stops_with_its_place(tmp_path, settings, linter):
    root = repository(tmp_path, extra__py="import os\n\nVALUE = 1\n")
    if settings:
        (root / "ruff.toml").write_text(settings)

    verdict = checked(root).judge()

    [finding] = verdict.findings
    assert dict(verdict.facts)["linter"] == linter
    assert (finding.rule, finding.path, finding.line) == (f"{linter}/F401", "extra.py", 1)
    assert finding.level is Level.ERROR


def test_a_file_that_is_no_python_is_a_finding_not_a_crash(tmp_path):
    verdict = checked(repository(tmp_path, extra__py="def broken(:\n")).judge()

    assert {f.path for f in verdict.findings} == {"extra.py"}


def test_no_test_at_all_does_not_pass(tmp_path):
    root = repository(tmp_path)
    (root / "test_model.py").unlink()

    verdict = checked(root).judge()

    assert [f.rule for f in verdict.findings] == ["check/no-tests"]
    assert not verdict.passed


def test_only_skipped_tests_are_told_apart_from_passed_ones(tmp_path):
    text = "import pytest\n\n\n@pytest.mark.skip\ndef test_later():\n    assert 0\n"

    verdict = checked(repository(tmp_path, test_model__py=text)).judge()

    assert dict(verdict.facts)["tests"] == "1 run, 0 failed, 1 skipped"


def test_a_hanging_test_is_ended_and_named_as_such(tmp_path):
    text = "import time\n\n\ndef test_forever():\n    time.sleep(600)\n"
    root = repository(tmp_path, test_more__py=text)

    with pytest.raises(UpstreamError) as caught:
        checked(root, timeout_s=3)

    assert "did not finish within 3 s" in caught.value.what
    assert "hangs" in caught.value.fix


@pytest.mark.parametrize("missing", ["pytest", "flake8"])
def test_a_missing_tool_is_an_error_with_its_name(tmp_path, missing):
    root = repository(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    if missing == "flake8":  # the suite itself runs: borrow it
        [site] = (root / ".venv" / "lib").glob("python*/site-packages")
        borrowed = Path(pytest.__file__).parent.parent
        for name in ("py.py", "pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"):
            for entry in (borrowed / name, *borrowed.glob(f"{name}-*.dist-info")):
                (site / entry.name).symlink_to(entry)

    with pytest.raises(UpstreamError) as caught:
        checked(root)

    assert caught.value.what.startswith(f"{missing} is not installed")
    assert "development requirements" in caught.value.fix


def test_a_linter_that_cannot_read_its_settings_is_an_error_not_a_pass(tmp_path):
    root = repository(tmp_path, ruff__toml="line-length = 'long'\n")

    with pytest.raises(UpstreamError, match="ruff could not lint the tree"):
        checked(root)


@pytest.mark.parametrize(("asked", "passed"), [(100.0, False), (50.0, True), (0.0, True)])
def test_coverage_is_held_to_what_was_asked(tmp_path, asked, passed):
    more = "def unused():\n    value = 1\n    return value\n"

    verdict = checked(repository(tmp_path, extra__py=more)).judge(min_coverage=asked)

    assert verdict.passed is passed
    assert passed or "is asked" in verdict.findings[0].message


def test_a_coverage_report_that_is_none_is_an_error(tmp_path):
    text = (
        "import atexit\nimport pathlib\n\n\ndef test_it():\n"
        "    atexit.register(pathlib.Path('reports/coverage.json').write_text, '[]')\n"
    )

    with pytest.raises(ConfigError, match="coverage"):
        checked(repository(tmp_path, test_more__py=text))


def test_the_repositorys_code_sees_none_of_our_secrets(tmp_path):
    text = "import os\n\n\ndef test_env():\n    assert not [n for n in os.environ if 'TOKEN' in n]\n"
    ours = {**THERE, "GITHUB_TOKEN": "t", "GATEPOST_SNYK_TOKEN": "t", "ACTIONS_RUNTIME_TOKEN": "t"}

    root = repository(tmp_path, test_more__py=text)
    (root / ".venv").symlink_to(sys.prefix)

    assert checked(root, env=foreign(ours)).judge().passed
    assert not checked(root, env=ours).judge().passed
