"""What a gate prints when it stops is what the rules recognise: the two halves of the house fit."""

from __future__ import annotations

import pytest

from gatepost.analysis.sign import Hit, bare, match
from gatepost.analysis.signs import SIGNS
from gatepost.model import FailureType, Finding, Level, Verdict
from gatepost.posts.verdict import terminal


def hits(line: str) -> list[Hit]:
    return [hit for sign in SIGNS if (hit := match(sign, bare(line)))]


def deciding(rule: str, message: str, **place: object):
    finding = Finding(rule=rule, level=Level.ERROR, message=message, **place)  # type: ignore[arg-type]
    shown = terminal(Verdict(gate="any", findings=(finding,)), colour=False).splitlines()[-1]
    return max(hits(shown), key=lambda hit: hit.sign.rank)


@pytest.mark.parametrize(
    ("rule", "message", "failure"),
    [
        ("bandit/B602", "high: subprocess call with shell=True", FailureType.SAST),
        ("semgrep/pickle-load", "high: Unpickling runs whatever the file says.", FailureType.SAST),
        (
            "gitleaks/aws-access-token",
            "critical: AWS credentials; rotate it, then remove it",
            FailureType.SECRETS,
        ),
        ("pip-audit/CVE-2019-10906", "high: jinja2 2.10 has a known vulnerability", FailureType.SCA),
        (
            "trivy/CVE-2024-1",
            "critical: openssl 3.0.1: known vulnerability; fixed in 3.0.2",
            FailureType.CONTAINER,
        ),
        ("zizmor/template-injection", "high: code injection via template expansion", FailureType.WORKFLOW),
        (
            "validate/below-threshold",
            "accuracy 0.7287 is below the threshold 0.85",
            FailureType.MODEL_VALIDATION,
        ),
        ("train/metric-mismatch", "metrics.json says accuracy 0.99, but 0.75 is right", FailureType.TRAINING),
        ("handoff/degraded", "churn is Degraded: back-off restarting failed container", FailureType.DEPLOY),
        ("flake8/F401", "F401 'os' imported but unused", FailureType.LINT),
    ],
)
def test_a_stopped_delivery_is_explained_by_its_gate(rule, message, failure):
    hit = deciding(rule, message, path="src/a.py", line=7)

    assert hit.sign.failure is failure
    assert (hit.values["path"], hit.values["line"]) == ("src/a.py", "7")
    assert message.split()[-1] in hit.says(hit.sign.title)


def test_a_finding_without_a_place_is_recognised_too():
    assert (
        deciding("validate/below-threshold", "f1 0.4 is below the threshold 0.8")
        .values["text"]
        .startswith("f1")
    )


def test_a_warning_decides_nothing():
    finding = Finding(
        rule="bandit/B104", level=Level.WARNING, message="binding to all interfaces", path="a.py", line=1
    )
    shown = terminal(Verdict(gate="scan", findings=(finding,)), colour=False).splitlines()[-1]

    assert not any(hit.sign.name.startswith("gate-") for hit in hits(shown))
