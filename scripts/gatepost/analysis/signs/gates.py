"""Signs of our own gates: the verdict they print is exact, so it decides over what their tools said on the way."""

from __future__ import annotations

import re

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

_EDIT = (
    "Change the code at the place named; for a false positive, add a suppression with a reason and an end."
)


def _finding(tools: str, *, text: str = ".+?") -> tuple[re.Pattern[str], ...]:
    """Match one stopping line of a verdict: `error PATH:LINE TEXT [TOOL/RULE]`."""
    return rx(
        rf"^\s*error\s+(?:(?P<path>\S+?):(?P<line>\d+) |(?P<file>\S+\.\w+) )?(?P<text>{text}) \[(?P<tool>{tools})/(?P<code>[\w.-]+)\]$"
    )


SIGNS = (
    Sign(
        name="gate-code",
        failure=FailureType.SAST,
        rank=88,
        patterns=_finding("bandit|semgrep"),
        title="{tool} {code}: {text}",
        many="{count} findings in the code, first {tool} {code}: {text}",
        detail="{tool} {code}: {text}",
        fix=_EDIT,
        identity=("tool", "code", "path"),
    ),
    Sign(
        name="gate-secret",
        failure=FailureType.SECRETS,
        rank=89,
        patterns=_finding("gitleaks"),
        title="A secret is in the repository ({code}): {text}",
        many="{count} secrets in the repository, first {code}: {text}",
        detail="{code}: {text}",
        why="Whoever can read the repository, its history or its forks can use the secret.",
        fix="Revoke the secret first; then take it out of the code and read it from the environment.",
        identity=("code", "path"),
    ),
    Sign(
        name="gate-dependency",
        failure=FailureType.SCA,
        rank=88,
        patterns=_finding("pip-audit|snyk"),
        title="{code}: {text}",
        many="{count} known vulnerabilities in dependencies, first {code}: {text}",
        detail="{code}: {text}",
        fix="Raise the dependency to the fixed version named, or record with a reason why it does not apply.",
        identity=("code",),
    ),
    Sign(
        name="gate-container",
        failure=FailureType.CONTAINER,
        rank=88,
        patterns=_finding("trivy"),
        title="{code}: {text}",
        many="{count} findings in the image or its manifests, first {code}: {text}",
        detail="{code}: {text}",
        fix="Raise the package or the base image, or change the setting named.",
        identity=("code", "path"),
    ),
    Sign(
        name="gate-workflow",
        failure=FailureType.WORKFLOW,
        rank=87,
        patterns=_finding("zizmor"),
        title="A workflow is unsafe ({code}): {text}",
        many="{count} unsafe places in workflows, first {code}: {text}",
        detail="{code}: {text}",
        fix="Change the workflow at the place named; the rule's page says how.",
        identity=("code", "path"),
    ),
    Sign(
        name="gate-model",
        failure=FailureType.MODEL_VALIDATION,
        rank=88,
        patterns=_finding("validate"),
        title="The model does not pass: {text}",
        many="The model does not pass for {count} reasons, first: {text}",
        detail="{text}",
        fix="Compare data and parameters with the champion's run before touching the threshold.",
        identity=("code",),
    ),
    Sign(
        name="gate-training",
        failure=FailureType.TRAINING,
        rank=88,
        patterns=(
            *_finding("train"),
            *rx(
                r"^(?:gatepost: )?(?P<text>the training (?:did not finish|used more|ended with|left no) .+)",
                r"^(?:gatepost: )?(?P<text>(?:metrics\.json|predictions\.csv|params\.json)(?::\d+)?:? .+)",
            ),
        ),
        title="{text}",
        many="{count} things are wrong with the training, first: {text}",
        detail="{text}",
        fix="Run the training command of metrics.yml by hand and mend what it says.",
        identity=("code", "text"),
    ),
    Sign(
        name="gate-handoff",
        failure=FailureType.DEPLOY,
        rank=89,
        patterns=_finding("handoff"),
        title="The handoff did not arrive: {text}",
        many="The handoff did not arrive for {count} reasons, first: {text}",
        detail="{text}",
        fix="Look at the Application in Argo CD; to go back, run the handoff with `--act rollback`.",
        identity=("code",),
    ),
    Sign(
        name="gate-lint",
        failure=FailureType.LINT,
        rank=76,
        patterns=_finding("flake8|ruff"),
        title="{tool} {text}",
        many="{count} lint findings, first {tool} {text}",
        detail="{text}",
        fix="Correct the line named, or run the linter with its fix option and commit the result.",
        identity=("code", "path"),
    ),
    Sign(
        name="gate-undecided",
        failure=FailureType.INFRASTRUCTURE,
        rank=84,
        patterns=rx(r"^(?:gatepost: )?(?P<text>scan cannot decide: .+)"),
        title="A gate could not decide: {text}",
        why="A gate that cannot decide stops the delivery; a scanner that did not run has found nothing.",
        fix="Install the scanner, or let it reach its database; the line below the error says which.",
        identity=("text",),
    ),
)
