"""retrain.yml: the same gates as deliver.yml, on the default branch only, with a reason that cannot act."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.e2e.bench import ROOT
from tests.e2e.delivery import Advisories, Delivery

RETRAIN = yaml.safe_load((ROOT / ".github" / "workflows" / "retrain.yml").read_text("utf-8"))
DELIVER = yaml.safe_load((ROOT / ".github" / "workflows" / "deliver.yml").read_text("utf-8"))
ON = RETRAIN[True]  # YAML reads a bare `on` as a truth value


def say(tmp_path: Path, *, reason: str, branch: str = "main") -> tuple[int, str, str]:
    """Run the step as a runner does; return its exit code, its words and the summary."""
    [step] = RETRAIN["jobs"]["reason"]["steps"]
    summary = tmp_path / "summary.md"
    summary.write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={
            "PATH": "/usr/bin:/bin", "REASON": reason, "BRANCH": branch, "DEFAULT": "main",
            "GITHUB_STEP_SUMMARY": str(summary),
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, summary.read_text()


def test_the_reason_stands_in_the_summary_as_text(tmp_path):
    reason = "drift\n![x](https://evil.example) $(touch pwned) `id`\n::error::x"

    code, said, summary = say(tmp_path, reason=reason)

    assert code == 0
    assert said == ""
    assert summary.splitlines()[2:] == [f"    {line}" for line in reason.splitlines()]
    assert not (tmp_path / "pwned").exists()


def test_another_branch_is_refused(tmp_path):
    code, said, summary = say(tmp_path, reason="drift", branch="try-it")

    assert code == 1
    assert "trained again on main only" in said
    assert summary == ""


def test_nothing_is_trained_before_the_reason_was_taken():
    assert RETRAIN["jobs"]["deliver"]["needs"] == "reason"
    assert RETRAIN["jobs"]["deliver"]["uses"] == "$/.github/workflows/deliver.yml"


@pytest.mark.timeout(900)  # every gate for real, on a machine that may be busy
def test_started_by_hand_it_passes_every_gate_of_deliver(tmp_path, github, runner):
    with Advisories() as advisories:
        delivery = Delivery(folder=tmp_path, github=github, advisories=advisories, runner=runner)
        outcome = delivery.retrain("drift in region north")

    ran = ("reason", "check", "scan", "train", "report")
    assert outcome.jobs == dict.fromkeys(ran, "success"), outcome.log[-6000:]
    assert not advisories.faults


@pytest.mark.parametrize("trigger", ["workflow_dispatch", "workflow_call"])
def test_what_is_passed_on_is_declared_on_both_sides(trigger):
    passed = RETRAIN["jobs"]["deliver"]["with"]
    taken = DELIVER[True]["workflow_call"]["inputs"]

    assert set(passed) <= set(taken)
    assert {f"${{{{ inputs.{name} }}}}" for name in ON[trigger]["inputs"] if name != "reason"} == set(
        passed.values()
    )
    assert set(RETRAIN["jobs"]["deliver"]["secrets"]) == set(DELIVER[True]["workflow_call"]["secrets"])
