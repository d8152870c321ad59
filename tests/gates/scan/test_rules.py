"""Each rule of the offline pack finds what it is for, and leaves alone what looks like it."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from gatepost.gates.scan.flaw import Target
from gatepost.gates.scan.tools.semgrep import RULES, Semgrep

SAMPLES = sorted((Path(__file__).parent / "rules").glob("*.txt"))
NOTE = re.compile(r"# (ruleid|ok): ([\w-]+)")


def rule_ids() -> set[str]:
    return {rule["id"] for file in RULES.glob("*.yaml") for rule in yaml.safe_load(file.read_text())["rules"]}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, set[tuple[str, int]]]:
    """Every match on the samples, by rule, from one run of the real Semgrep."""
    root = tmp_path_factory.mktemp("samples")
    for sample in SAMPLES:
        shutil.copy(sample, root / sample.stem)
    flaws = Semgrep().scan(Target(root=root, files=tuple(sample.stem for sample in SAMPLES)))
    by_rule = defaultdict(set)
    for flaw in flaws:
        by_rule[flaw.rule].add((flaw.path, flaw.line))
    return by_rule


def expected(kind: str) -> dict[str, set[tuple[str, int]]]:
    """The lines below `# ruleid:` (or `# ok:`) notes, by rule."""
    by_rule = defaultdict(set)
    for sample in SAMPLES:
        for number, line in enumerate(sample.read_text().splitlines(), 1):
            if (note := NOTE.search(line)) and note[1] == kind:
                by_rule[note[2]].add((sample.stem, number + 1))
    return by_rule


@pytest.mark.parametrize("rule", sorted(rule_ids()))
def test_a_rule_finds_its_flaw_and_nothing_else(found, rule):
    assert expected("ruleid")[rule], "a rule needs an example of what it finds"
    assert expected("ok")[rule], "and one of what it leaves alone"
    assert found[rule] == expected("ruleid")[rule]
