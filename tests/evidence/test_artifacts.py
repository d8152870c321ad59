"""Reports that a run uploaded, from well-made to hostile."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from gatepost.clients.github import GitHub as Hub
from gatepost.clients.github_payloads import RunPayload
from gatepost.evidence.artifacts import MOST_BYTES, Artifacts
from gatepost.model import Evidence, EvidenceKind
from gatepost.safety import redact
from tests import scenarios
from tests.scenarios import Stage
from tests.servers.github import Artifact

JUNIT = """<?xml version="1.0"?>
<testsuites><testsuite name="pytest" tests="2" failures="1">
<testcase classname="tests.test_model" name="test_scale" file="tests/test_model.py" line="3">
<failure message="assert 5 == 6">def test_scale():
&gt;   assert scale(3) == 6
E   assert 5 == 6</failure></testcase>
<testcase classname="tests.test_model" name="test_fine"/></testsuite></testsuites>"""

SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "Bandit"}},
            "results": [
                {"ruleId": "B101", "level": "note", "message": {"text": "assert used"}, "locations": []},
                {
                    "ruleId": "B301",
                    "level": "error",
                    "message": {"text": "pickle is unsafe\nmore"},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {
                                    "uri": "file:///home/runner/work/model/model/src/a%20b.py"
                                },
                                "region": {"startLine": 7},
                            }
                        }
                    ],
                },
                {
                    "ruleId": "B999",
                    "level": "error",
                    "message": {"text": "x"},
                    "suppressions": [{"kind": "x"}],
                },
            ],
        }
    ],
}


def packed(**files: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("__", "."), body)
    return out.getvalue()


def log(subject: str, body: str = "") -> Evidence:
    return Evidence(
        name=f"log:{subject}", kind=EvidenceKind.LOG, body=redact(body), source="", subject=subject
    )


def follow(stage: Stage, *logs: Evidence) -> list[Evidence]:
    hub = Hub("acme/model", token=stage.reads(), api_url=stage.github.url)
    run = hub.one(RunPayload, f"/actions/runs/{stage.run.id}")
    return list(Artifacts(hub=hub, run=run).follow(logs or [log("test")]))


def stage_with(github, *artifacts: Artifact) -> Stage:
    stage = scenarios.default_branch_failure(github)
    stage.run.artifacts = list(artifacts)
    return stage


def test_a_junit_report_tells_what_failed_and_where(github):
    (found,) = follow(stage_with(github, Artifact(name="junit", data=packed(junit__xml=JUNIT))))

    assert found.kind is EvidenceKind.REPORT
    assert found.subject == "test"
    assert found.body.split("\n")[0] == "tests.test_model > test_scale FAILED"
    assert "test_fine" not in found.body
    assert [(p.path, p.line) for p in found.facts.places] == [("tests/test_model.py", 3)]


def test_a_sarif_report_has_errors_first_and_nothing_suppressed(github):
    (found,) = follow(stage_with(github, Artifact(name="scan", data=packed(bandit__sarif=json.dumps(SARIF)))))

    assert found.body.split("\n") == [
        "src/a b.py:7: bandit B301: pickle is unsafe",
        "no place given: bandit B101: assert used",
    ]
    assert found.facts.tools == ("bandit",)


def test_a_report_nobody_can_place_speaks_for_no_job(github):
    stage = stage_with(github, Artifact(name="junit", data=packed(junit__xml=JUNIT)))

    (unplaced,) = follow(stage, log("a"), log("b"))
    (placed,) = follow(stage, log("a"), log("b", "FAILED test_scale"))

    assert (unplaced.kind, unplaced.subject) == (EvidenceKind.METADATA, "")
    assert (placed.kind, placed.subject) == (EvidenceKind.REPORT, "b")


@pytest.mark.parametrize(
    "artifact",
    [
        Artifact(name="model-weights", data=packed(junit__xml=JUNIT)),
        Artifact(name="model-weights", data=b"x" * (MOST_BYTES + 1)),
        Artifact(name="test-data", data=packed(data__csv="1,2")),
    ],
    ids=["of another name", "large and of another name", "without a report"],
)
def test_what_is_no_report_is_left_alone(github, artifact):
    assert follow(stage_with(github, artifact)) == []


@pytest.mark.parametrize(
    ("artifact", "said"),
    [
        (Artifact(name="junit", data=b"PK", expired=True), "Artifact junit has expired."),
        (Artifact(name="test-report", data=b"x" * (MOST_BYTES + 1)), "Artifact test-report holds 16 MiB"),
    ],
    ids=["expired", "too large"],
)
def test_a_report_that_cannot_be_read_is_said(github, artifact, said):
    (told,) = follow(stage_with(github, artifact))

    assert said in told.note
    assert told.kind is EvidenceKind.METADATA
    assert not github.asked("GET", "/zip")


BILLION_LAUGHS = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><testsuite>&c;</testsuite>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a zip",
        packed(junit__xml=BILLION_LAUGHS),
        packed(junit__xml="<testsuite>"),
        packed(junit__xml="<testsuite>" + " " * (9 << 20) + "</testsuite>"),
        packed(a__sarif="[" * 100_000),
        packed(a__sarif="{"),
    ],
    ids=["empty", "no zip", "entities", "cut off", "inflating", "deep", "no json"],
)
def test_a_damaged_or_hostile_report_costs_a_sentence(github, data):
    (found,) = follow(stage_with(github, Artifact(name="test-report", data=data)))

    assert found.kind is EvidenceKind.METADATA
    assert not found.body
    assert found.note


@pytest.mark.parametrize("document", [{}, {"runs": 3}, {"runs": [3, {"results": [None, {"message": []}]}]}])
def test_an_odd_sarif_is_read_as_far_as_it_goes(github, document):
    follow(stage_with(github, Artifact(name="sarif", data=packed(a__sarif=json.dumps(document)))))
