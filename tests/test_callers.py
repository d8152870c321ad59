"""Every workflow that a page or an example shows calls ours with what it needs, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
OURS = re.compile(r"acme/gatepost/(\.github/workflows/[\w-]+\.yml)@")
SHOWN = tuple(
    path.relative_to(ROOT).as_posix()
    for pattern in ("README.md", "docs/*.md", "docs/examples/*.yml", "model-source/.github/workflows/*.yml")
    for path in sorted(ROOT.glob(pattern))
)
LEVELS = ("none", "read", "write")


def calls() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield where a call stands, the job that calls, and the workflow that is called."""
    for name in SHOWN:
        text = (ROOT / name).read_text("utf-8")
        blocks = re.findall(r"```ya?ml\n(.*?)```", text, re.DOTALL) if name.endswith(".md") else [text]
        for block in blocks:
            if "\njobs:" not in block:
                continue
            for job in yaml.safe_load(block)["jobs"].values():
                if found := OURS.match(job.get("uses", "")):
                    called = yaml.safe_load((ROOT / found[1]).read_text("utf-8"))
                    yield f"{name}: {found[1]}", job, called


CALLS = list(calls())
EACH = pytest.mark.parametrize(("job", "called"), [c[1:] for c in CALLS], ids=[c[0] for c in CALLS])


def test_the_pages_show_every_workflow_that_can_be_called():
    assert {where.rpartition("/")[2] for where, _, _ in CALLS} == {"deliver.yml", "retrain.yml", "triage.yml"}


@EACH
def test_a_caller_grants_exactly_what_the_jobs_ask_for(job, called):
    wanted: dict[str, str] = {}
    for inner in called["jobs"].values():
        for scope, level in inner["permissions"].items():
            wanted[scope] = max(level, wanted.get(scope, "none"), key=LEVELS.index)

    assert job["permissions"] == wanted


@EACH
def test_a_caller_passes_inputs_and_secrets_that_exist(job, called):
    declared = called[True]["workflow_call"]

    assert set(job.get("with", {})) <= set(declared.get("inputs", {}))
    assert job["secrets"] != "inherit", "a called workflow gets the secrets it names, not all of them"
    assert set(job["secrets"]) <= set(declared["secrets"])
