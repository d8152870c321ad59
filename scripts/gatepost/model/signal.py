"""The nouns of what happened: a signal, and the run that is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
