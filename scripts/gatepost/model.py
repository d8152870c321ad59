"""The nouns. Everything else in the package is a verb on one of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gatepost.safety.types import Redacted, SafeMarkdown

# --- Deliver: gates make verdicts of findings -------------------------------------------------


class Level(StrEnum):
    """How bad a finding is, worst last."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a gate noticed."""

    rule: str
    """Stable identifier, `<gate or tool>/<slug>`; users silence findings by it."""

    level: Level

    message: str
    """One sentence, with the measured value and the limit it broke."""

    path: str = ""
    """Relative to the repository root, with forward slashes; empty when no file is meant."""

    line: int = 0
    """1-based; 0 when no line is meant."""

    tools: tuple[str, ...] = ()
    """Who noticed it; more than one when several tools found the same flaw."""

    help_url: str = ""

    cwe: int = 0
    """Number in the Common Weakness Enumeration; 0 when none is known."""

    fingerprint: str = ""
    """Hex; recognises the finding again when lines have moved. Empty when nothing can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a gate decided."""

    gate: str
    findings: tuple[Finding, ...] = ()

    facts: tuple[tuple[str, str], ...] = ()
    """Named outputs of the gate, such as `digest` or `model-version`, in the order to show them."""

    @property
    def passed(self) -> bool:
        """Whether delivery may go on. Only `Level.ERROR` stops it."""
        return not any(f.level is Level.ERROR for f in self.findings)


# --- Explain: a signal gathers evidence, which yields an analysis, which becomes a post ---------


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something happened that a person would want explained."""

    kind: str
    """`ci-failure`, `alert`, `drift` or `question`."""

    subject: str
    """One line for a title, such as `ci #7 on main`. Untrusted: it holds branch and workflow names."""

    url: str
    """Where a person can look at the thing itself; empty for a local file."""

    at: datetime

    repository: str = ""
    """`owner/name`, or empty when nothing is known of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Signal):
    """One attempt of a GitHub Actions workflow run, as a signal of kind `ci-failure`."""

    run_id: int
    attempt: int
    """1-based; a re-run of the same run counts up."""

    workflow: str
    """The workflow's display name. Untrusted."""

    workflow_path: str
    """Its file in the repository, such as `.github/workflows/ci.yml`; empty when GitHub names none."""

    event: str
    """What started it, such as `push` or `pull_request`."""

    conclusion: str
    """GitHub's word: `success`, `failure`, `timed_out`, `cancelled`, `startup_failure`, …"""

    branch: str
    """The head branch, in `head_repository`. Untrusted; empty for a tag or a detached run."""

    head_sha: str
    head_repository: str
    """`owner/name` the commit came from; differs from `repository` for a fork."""

    default_branch: str = ""
    """The default branch of `repository`; empty when unknown."""

    actor: str = ""
    """Login of the person or bot that started it; empty when GitHub names none."""

    pulls: tuple[int, ...] = ()
    """Open pull requests whose head is exactly `head_sha`; a fork's are found too."""

    @property
    def on_default_branch(self) -> bool:
        """Whether the broken commit is on the repository's own default branch, not on a proposal to it."""
        own = self.head_repository == self.repository and not self.event.startswith("pull_request")
        return own and bool(self.branch) and self.branch == self.default_branch

    @property
    def passed(self) -> bool:
        """Whether the run was green, which resolves what gatepost said about earlier ones."""
        return self.conclusion == "success"


class EvidenceKind(StrEnum):
    """Where a piece of evidence comes from, most direct first."""

    REPORT = "report"
    """A machine report: JUnit, SARIF, check annotations."""
    LOG = "log"
    SOURCE = "source"
    CHANGES = "changes"
    HISTORY = "history"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location in the repository that the evidence names."""

    path: str
    line: int = 0
    """1-based; 0 for the whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one job's log and the API say about the failure besides the text; already redacted."""

    step: str = ""
    """Name of the step that failed; empty when none is known. Untrusted: it is written in a workflow file."""

    conclusion: str = ""
    """The job's conclusion as GitHub words it: `failure`, `cancelled`, `timed_out`, `startup_failure`."""

    exit_codes: tuple[int, ...] = ()
    """Exit codes the log states, in order; the last one stopped the step."""

    tools: tuple[str, ...] = ()
    """Grammars recognised in the log, most telling first: `pytest`, `maven`, `trivy`."""

    places: tuple[Place, ...] = ()
    """Locations the log names, best first, as paths below the repository's root; each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Text collected about a signal, redacted and cut to size."""

    name: str
    """Short and unique within one signal, so that an analysis can cite it: `log:test (3.11)`."""

    kind: EvidenceKind

    body: Redacted
    """May be empty when `note` says why there is nothing."""

    source: str
    """Where a person can read the original: a URL or a path."""

    line_numbers: tuple[int, ...] = ()
    """1-based number in the original of each line of `body`; empty when lines do not map."""

    dropped_lines: int = 0
    """Lines cut to fit the budget. Zero means that `body` is complete."""

    note: str = ""
    """One sentence on what is missing or partial, in our own words; empty when nothing is."""

    subject: str = ""
    """What it is about, such as the job's name; evidence with one subject belongs together."""

    alike: tuple[str, ...] = ()
    """Other subjects whose own original says the same, shown once here: the rest of a matrix, say."""

    facts: Facts | None = None
    """Set on the log of a failed job."""


class FailureType(StrEnum):
    """What kind of thing broke. `UNKNOWN` rather than a guess."""

    LINT = "lint"
    TEST = "test"
    SAST = "sast"
    SCA = "sca"
    SECRETS = "secrets"
    CONTAINER = "container"
    TRAINING = "training"
    MODEL_VALIDATION = "model-validation"
    DEPENDENCY = "dependency"
    BUILD = "build"
    DEPLOY = "deploy"
    WORKFLOW = "workflow"
    INFRASTRUCTURE = "infrastructure"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Lines copied from one piece of evidence, which prove a claim."""

    evidence: str
    """The `Evidence.name` quoted from."""

    text: Redacted
    line_numbers: tuple[int, ...] = ()
    """1-based numbers in the original log, one per line of `text`, or empty."""

    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason for the failure; several jobs may share it."""

    failure: FailureType
    title: str
    """One sentence: what failed."""

    why: str
    """Root cause in at most a few sentences; empty when only the rules spoke and cannot tell."""

    fix: str
    """The smallest fix a person could make; empty when there is none to name."""

    subjects: tuple[str, ...]
    """The jobs (or alerts, or columns) that failed for this reason."""

    places: tuple[Place, ...] = ()
    quotes: tuple[Quote, ...] = ()
    cites: tuple[str, ...] = ()
    """`Evidence.name`s that support it, each one checked to exist."""

    fingerprint: str = ""
    """Hex; equal for the same failure in another run, different for another failure."""

    confidence: float | None = None
    """From 0 to 1 as a model reported it, uncalibrated; `None` from the rules."""

    details: tuple[str, ...] = ()
    """Further points a prompt kind asked for, such as one finding explained each."""

    @property
    def supported(self) -> bool:
        """Whether any evidence is cited. An unsupported cause is shown as such."""
        return bool(self.cites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens one analysis cost, as the service counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Part of `input_tokens` that was served from a cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A reading of the evidence. Never acted on; shown to a person as a `Post`."""

    causes: tuple[Cause, ...]
    """Most important first; never empty: with nothing to say, one cause of type `UNKNOWN`."""

    author: str
    """`rules`, or the name of the model that answered."""

    usage: Usage | None = None

    notes: tuple[str, ...] = ()
    """Sentences on what was degraded, such as why it was made without a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a person reads. The poster adds its own marker and the mentions from configuration."""

    key: str
    """Identity of the conversation: posts with one key in one place are edits of each other."""

    title: str
    """Plain text for an issue's title; already sanitised."""

    body: SafeMarkdown
    failures: tuple[FailureType, ...] = ()
    fingerprints: tuple[str, ...] = ()
    resolved: bool = False
