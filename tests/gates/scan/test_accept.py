from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gatepost.config import Suppression
from gatepost.errors import ConfigError
from gatepost.gates.scan.accept import Baseline, expired, render
from gatepost.gates.scan.flaw import Flaw, Severity
from gatepost.gates.scan.gate import Scan, Scanned
from gatepost.model import Level

LAST = date(2026, 6, 30)
FLAW = Flaw(
    tool="bandit",
    rule="B301",
    severity=Severity.HIGH,
    message="pickle",
    path="src/a.py",
    line=3,
    snippet="pickle.load(f)",
)
HELD = Suppression(rule="B30*", path="src/*", reason="our own files only", expires=LAST)


def judge(*flaws: Flaw, today=LAST, **accepted):
    scan = Scan(results=(Scanned(scanner="bandit", about="SAST", files=1, flaws=flaws),))
    return scan.judge(fail_on=Severity.HIGH, today=today, **accepted)


def test_the_threshold_itself_stops():
    assert not judge(FLAW).passed
    assert judge(replace(FLAW, severity=Severity.MEDIUM)).passed


def test_a_suppression_holds_through_its_last_day_and_no_longer():
    held = judge(FLAW, suppressions=[HELD])
    over = judge(FLAW, suppressions=[HELD], today=date(2026, 7, 1))

    assert held.passed
    assert "our own files only" in held.findings[0].message
    assert not over.passed
    assert [f.rule for f in over.findings] == ["bandit/B301", "scan/expired-suppression"]
    assert expired([HELD], today=LAST) == []


@pytest.mark.parametrize("other", [replace(FLAW, path="lib/a.py"), replace(FLAW, rule="B602")])
def test_a_suppression_covers_only_what_it_names(other):
    assert not judge(other, suppressions=[HELD]).passed


def test_a_baseline_lets_old_flaws_pass_where_they_have_moved_and_new_ones_stop(tmp_path):
    (tmp_path / "baseline.json").write_text(render([FLAW]))
    baseline = Baseline.read(tmp_path / "baseline.json")

    assert judge(replace(FLAW, line=40), baseline=baseline).findings[0].level is Level.NOTE
    assert not judge(replace(FLAW, snippet="pickle.load(g)"), baseline=baseline).passed


def test_a_baseline_file_is_sorted_and_holds_no_code():
    text = render([replace(FLAW, path="z.py"), FLAW, FLAW])

    assert "pickle" not in text
    assert text.count('"rule"') == 2
    assert text.index("src/a.py") < text.index("z.py")


@pytest.mark.parametrize("text", ["[]", "{", '{"version": 9, "flaws": []}', '{"version": 1}'])
def test_a_file_that_is_no_baseline_is_refused(tmp_path, text):
    (tmp_path / "b.json").write_text(text)

    with pytest.raises(ConfigError, match=r"b\.json.*\n  fix: .*--write-baseline"):
        Baseline.read(tmp_path / "b.json")


def test_a_missing_baseline_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="--write-baseline"):
        Baseline.read(tmp_path / "none.json")
