"""Findings as SARIF 2.1.0, which GitHub's code scanning and most editors read."""

from __future__ import annotations

from typing import Any

from gatepost.model import Finding, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(verdict: Verdict, *, version: str) -> dict[str, Any]:
    """Return one SARIF log with one run, named after the gate; accepted findings are suppressed results."""
    rules = {f.rule: f for f in verdict.findings}
    driver: dict[str, Any] = {
        "name": f"gatepost {verdict.gate}",
        "semanticVersion": version,
        "rules": [_rule(f) for f in rules.values()],
    }
    index = {rule: number for number, rule in enumerate(rules)}
    results = [_result(f, index[f.rule]) for f in verdict.findings]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "utf16CodeUnits"}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(finding: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": finding.rule, "shortDescription": {"text": finding.message[:1000]}}
    if finding.help_url.startswith("https://"):
        rule["helpUri"] = finding.help_url
    if finding.cwe:
        rule["properties"] = {"tags": ["security", f"external/cwe/cwe-{finding.cwe:03d}"]}
    return rule


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": str(finding.level),
        "message": {"text": finding.message},
    }
    if finding.path:
        place: dict[str, Any] = {"artifactLocation": {"uri": finding.path}}
        if finding.line:
            place["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": place}]
    if finding.fingerprint:
        result["partialFingerprints"] = {"gatepost/v1": finding.fingerprint}
    return result
