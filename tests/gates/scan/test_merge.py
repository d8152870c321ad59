from __future__ import annotations

from gatepost.gates.scan.flaw import Flaw, Severity
from gatepost.gates.scan.merge import merge


def flaw(tool: str, rule: str, *, severity=Severity.HIGH, path="a.py", line=3, cwe=502, subject="") -> Flaw:
    return Flaw(
        tool=tool, rule=rule, severity=severity, message=rule, path=path, line=line, cwe=cwe, subject=subject
    )


def test_one_weakness_on_one_line_is_one_flaw_with_two_finders():
    (merged,) = merge([flaw("bandit", "B301", severity=Severity.MEDIUM), flaw("semgrep", "pickle-load")])

    assert merged.tools == ("bandit", "semgrep")
    assert merged.first.rule == "pickle-load", "the worse account speaks"


def test_two_weaknesses_on_one_line_stay_two():
    assert len(merge([flaw("bandit", "B301"), flaw("semgrep", "shell", cwe=78)])) == 2


def test_one_weakness_on_two_lines_stays_two():
    assert len(merge([flaw("bandit", "B301", line=3), flaw("bandit", "B301", line=4)])) == 2


def test_names_for_one_weakness_meet():
    assert len(merge([flaw("bandit", "B105", cwe=259), flaw("gitleaks", "generic-api-key", cwe=798)])) == 1


def test_an_advisory_known_to_two_databases_is_one_flaw():
    both = [
        flaw("snyk", "CVE-2024-1", cwe=0, path="requirements.txt", line=2, subject="jinja2 2.10"),
        flaw("pip-audit", "CVE-2024-1", cwe=0, path="requirements.txt", line=2, subject="jinja2 2.10"),
    ]

    assert len(merge(both)) == 1


def test_flaws_without_a_weakness_meet_only_under_their_own_rule():
    assert len(merge([flaw("trivy", "DS-1", cwe=0), flaw("trivy", "DS-2", cwe=0)])) == 2
