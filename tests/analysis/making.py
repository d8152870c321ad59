"""Evidence and dossiers for tests, made in one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from gatepost.dossier import Dossier
from gatepost.model import Evidence, EvidenceKind, Facts, Run
from gatepost.safety import redact

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SHA = "0123456789abcdef0123456789abcdef01234567"


def run(**facts: object) -> Run:
    known: dict[str, object] = {
        "kind": "ci-failure",
        "subject": "ci #7 on main",
        "url": "https://github.com/acme/shop/actions/runs/7",
        "at": AT,
        "repository": "acme/shop",
        "run_id": 7,
        "attempt": 1,
        "workflow": "ci",
        "workflow_path": ".github/workflows/ci.yml",
        "event": "push",
        "conclusion": "failure",
        "branch": "main",
        "head_sha": SHA,
        "head_repository": "acme/shop",
        "default_branch": "main",
    }
    return Run(**{**known, **facts})  # type: ignore[arg-type]


def log_of(job: str, text: str, *, facts: Facts | None = None, **more: object) -> Evidence:
    body = redact(text)
    numbers = more.pop("line_numbers", tuple(range(1, body.count("\n") + 2)))
    return Evidence(
        name=f"log:{job}",
        kind=EvidenceKind.LOG,
        body=body,
        source="https://github.com/acme/shop/actions/runs/7/job/9",
        line_numbers=numbers,  # type: ignore[arg-type]
        subject=job,
        facts=facts or Facts(),
        **more,  # type: ignore[arg-type]
    )


def dossier(evidence: Sequence[Evidence], **facts: object) -> Dossier:
    return Dossier.pack(run(**facts), evidence, budget_bytes=1_000_000)
