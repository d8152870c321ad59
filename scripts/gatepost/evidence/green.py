"""The last green run of the same workflow: what a failed run is compared with."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from threading import Lock

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import JobPayload, RunPayload
from gatepost.errors import GatepostError

log = logging.getLogger(__name__)

_RECENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Green:
    """A run that passed, and its jobs by name."""

    run: RunPayload
    jobs: dict[str, JobPayload]


@dataclass(slots=True, kw_only=True)
class LastGreen:
    """
    Finds the last green run before a failed one, once for all who ask.

    On the same branch if there is one, else on the default branch.
    """

    hub: GitHub
    failed: RunPayload
    default_branch: str = ""
    _lock: Lock = field(init=False, repr=False, default_factory=Lock)
    _asked: bool = field(init=False, default=False)
    _found: Green | None = field(init=False, default=None)
    problem: str = field(init=False, default="")
    """Why nothing could be found out; empty when GitHub answered."""

    def find(self) -> Green | None:
        """Return the run, or `None` when there was none or GitHub did not say."""
        with self._lock:
            if not self._asked:
                self._asked = True
                try:
                    self._found = self._find()
                except GatepostError as error:
                    log.info("no green run: %s", error)
                    self.problem = error.what
            return self._found

    def _find(self) -> Green | None:
        for branch in dict.fromkeys((self.failed.head_branch or "", self.default_branch)):
            if branch and (run := self._latest(branch)):
                path = f"/actions/runs/{run.id}/attempts/{run.run_attempt}/jobs"
                jobs = self.hub.every(JobPayload, path, key="jobs")
                return Green(run=run, jobs={job.name: job for job in jobs if job.conclusion == "success"})
        return None

    def _latest(self, branch: str) -> RunPayload | None:
        path = f"/actions/workflows/{self.failed.workflow_id}/runs"
        params = {"branch": branch, "status": "success"}
        runs = self.hub.every(RunPayload, path, key="workflow_runs", params=params, most=_RECENT)
        return next((run for run in runs if run.run_number < self.failed.run_number), None)
