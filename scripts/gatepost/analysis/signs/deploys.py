"""Signs of deployments: Kubernetes, Argo CD, Helm, Terraform."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

SIGNS = (
    Sign(
        name="rollout-failed",
        failure=FailureType.DEPLOY,
        rank=89,
        patterns=rx(
            r"deployment \"(?P<name>[\w.-]+)\" exceeded its progress deadline",
            r"(?P<state>CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError)",
            r"exceeded its progress deadline|timed out waiting for the condition",
        ),
        title="The rollout of {name} did not become ready ({state})",
        why="The new pods did not start, or did not pass their probes in time.",
        fix="Read the events and the previous log of the new pod; reverting the manifests commit rolls back.",
        identity=("name", "state"),
    ),
    Sign(
        name="argo-cd-sync",
        failure=FailureType.DEPLOY,
        rank=69,
        patterns=rx(
            r"(?P<state>ComparisonError|SyncError|InvalidSpecError|OutOfSync|SyncFailed)\b[: ]*(?P<text>.*)",
            r"rpc error: code = (?P<state>\w+) desc = (?P<text>.*)",
            r"(?P<text>one or more objects failed to apply.*)",
        ),
        title="Argo CD could not sync ({state}): {text}",
        fix="Open the application in Argo CD and correct the object it names in the manifests repository.",
        identity=("state", "text"),
    ),
    Sign(
        name="kubernetes-error",
        failure=FailureType.DEPLOY,
        rank=68,
        patterns=rx(
            r"Error from server(?: \((?P<reason>\w+)\))?: (?P<text>.+)",
            r"error: (?P<text>(?:unable to recognize|error validating|resource mapping not found|error parsing) .+)",
            r"(?P<text>The (?:Deployment|Service|Ingress|Job|InferenceService|StatefulSet|\w+) \"[^\"]+\" is invalid: .+)",
        ),
        title="Kubernetes refused the request ({reason}): {text}",
        fix="Correct the named object; `kubectl apply --dry-run=server` gives the same answer without deploying.",
        identity=("reason", "text"),
    ),
    Sign(
        name="cluster-login",
        failure=FailureType.DEPLOY,
        rank=67,
        patterns=rx(
            r"(?P<text>You must be logged in to the server.*|The connection to the server \S+ was refused)",
            r"(?P<text>Unable to connect to the server: .+)",
        ),
        title="The cluster did not let the job in: {text}",
        fix="Check the cluster's address and that the credentials the job uses are still valid.",
        identity=("text",),
    ),
    Sign(
        name="helm-error",
        failure=FailureType.DEPLOY,
        rank=68,
        patterns=rx(
            r"Error: (?P<text>(?:INSTALLATION|UPGRADE|ROLLBACK) FAILED: .*)",
            r"Error: (?P<text>(?:template|execution error at|YAML parse error on|values don't meet|chart requires) .*)",
            r"\[ERROR\] (?P<text>templates/.*)",
        ),
        title="Helm failed: {text}",
        fix="`helm template` with the same values shows the failing object without a cluster.",
        identity=("text",),
    ),
    Sign(
        name="terraform-error",
        failure=FailureType.DEPLOY,
        rank=62,
        patterns=rx(
            r"^[│╷ ]*Error: (?P<text>(?:Invalid|Unsupported|Missing|Error|Failed|Reference to|creating|updating|deleting|reading"
            r"|Inconsistent|Duplicate|Unable|Unclosed|Argument|Module|Provider)\b.+)$"
        ),
        title="Terraform stopped: {text}",
        fix="Correct the resource or argument it names; `terraform validate` and `plan` show it without applying.",
        identity=("text",),
        context=6,
    ),
)
