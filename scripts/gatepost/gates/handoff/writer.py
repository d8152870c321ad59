"""Optimistic writing: plan on the newest commit, push without force, plan anew when overtaken."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from gatepost.clients.git import Author, Pushed, Repository
from gatepost.clients.git_text import Commit
from gatepost.errors import RefusedError, UpstreamError
from gatepost.gates.handoff.provenance import handoffs, read
from gatepost.gates.handoff.rule import Decision
from gatepost.manifests.places import Change
from gatepost.manifests.search import SUFFIXES

_LOG_LIMIT = 2000
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One commit of the manifests repository, to plan on."""

    repository: Repository
    branch: str
    commit: str

    def holding(self, texts: Sequence[str], *, inside: Callable[[str], bool]) -> dict[str, bytes]:
        """Return the manifests that hold one of `texts` and whose path is `inside`."""
        paths = self.repository.grep(self.commit, texts, suffixes=SUFFIXES)
        return self.repository.read(self.commit, [path for path in paths if inside(path)])

    def read(self, path: str) -> bytes | None:
        """Return one file, or None when it is not a regular file of this commit."""
        return self.repository.read(self.commit, [path]).get(path)

    def logs(self, changes: Sequence[Change]) -> dict[str, list[Commit]]:
        """Return each changed file's commits, newest first, back to the last handoff or the first commit."""
        logs = self._logs(changes)
        known = {slot for log in logs.values() for handoff in handoffs(log) for slot in handoff.values}
        complete = all((change.path, change.identity) in known for change in changes)
        if not complete and self.repository.deepen(self.branch):
            logs = self._logs(changes)
        return logs

    def _logs(self, changes: Sequence[Change]) -> dict[str, list[Commit]]:
        paths = dict.fromkeys(change.path for change in changes)
        return {path: self.repository.log(self.commit, path=path, limit=_LOG_LIMIT) for path in paths}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do on one snapshot."""

    decision: Decision
    reason: str = ""
    changes: tuple[Change, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a handoff ended."""

    decision: Decision
    reason: str
    base: str
    """The commit that the plan was made on."""

    commit: str = ""
    """What was pushed, or made for a dry run; empty when nothing was to be written."""

    branch: str = ""
    """Where `commit` is; empty after a dry run."""

    changes: tuple[Change, ...] = ()
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to keep trying against other writers."""

    deadline_s: float = 300.0
    longest_wait_s: float = 10.0
    after_hitches_s: tuple[float, ...] = (1.0, 4.0)
    """Pauses between tries when the server does not answer as one; then its error is the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes to `branch` of a repository, or to a branch beside it for a pull request."""

    repository: Repository
    branch: str
    author: Author
    patience: Patience = field(default_factory=Patience)

    def write(self, plan: Callable[[Snapshot], Plan], *, dry_run: bool = False, aside: str = "") -> Outcome:
        """
        Plan and push until the push lands, the plan says no, or patience ends.

        `aside` names a branch to push to instead of `branch`. A branch rule that declines the push
        raises `RefusedError`, after the commit was kept where it can be found.
        """
        ends = time.monotonic() + self.patience.deadline_s
        attempt = 0
        while True:
            attempt += 1
            began = time.monotonic()
            base = self._steadily(lambda: self.repository.fetch(self.branch))
            planned = plan(Snapshot(repository=self.repository, branch=self.branch, commit=base))
            common = _outcome(planned, base=base, attempts=attempt)
            if planned.decision is not Decision.WRITE:
                return common
            commit = self.repository.commit(base, planned.files, message=planned.message, author=self.author)
            if dry_run:
                return replace(common, commit=commit)
            pushed, said = self._steadily(partial(self.repository.push, commit, aside or self.branch))
            if pushed is Pushed.DONE:
                return replace(common, commit=commit, branch=aside or self.branch)
            if pushed is Pushed.DECLINED:
                raise self._declined(commit, said)
            if aside:
                return replace(common, commit=self._same_aside(aside, planned), branch=aside)
            self._wait(attempt, ends, round_s=time.monotonic() - began)

    def _steadily(self, talk: Callable[[], T]) -> T:
        """
        Talk to the server, and again after a hitch: a crowd of writers, or a network, drops a connection.

        A push that landed although its answer was lost is found there, by the next try or by the next plan.
        """
        for pause_s in self.patience.after_hitches_s:
            try:
                return talk()
            except UpstreamError:
                time.sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311 - as below
        return talk()

    def _same_aside(self, branch: str, planned: Plan) -> str:
        """Return the commit of an earlier run that was cut off after its push, if it says the same."""
        tip = self.repository.log(self.repository.fetch(branch), limit=1)[0]
        found = read(tip)
        wanted = {(c.path, c.identity): str(c.new) for c in planned.changes}
        if found is None or {slot: value.new for slot, value in found.values.items()} != wanted:
            raise RefusedError(
                f"branch {branch} of {self.repository.shown} exists and holds something else",
                fix="close its pull request and delete the branch, then run again",
            )
        return tip.oid

    def _wait(self, attempt: int, ends: float, *, round_s: float) -> None:
        """Wait at random, longer with each defeat and with slower rounds, so that many writers spread out."""
        most = min(self.patience.longest_wait_s, round_s * 2.0 ** (attempt - 1))
        wait = random.uniform(0.0, most)  # noqa: S311 - spreads writers out; nothing secret hangs on it
        if time.monotonic() + wait > ends:
            raise UpstreamError(
                f"{attempt} pushes to {self.branch} of {self.repository.shown} were each overtaken",
                fix="run the handoff again; nothing was written",
            )
        time.sleep(wait)

    def _declined(self, commit: str, said: str) -> RefusedError:
        reason = " ".join(said.split())[:400]
        where = f"{self.repository.shown} does not accept a push to {self.branch}"
        return RefusedError(
            f"{where}: {reason}; {self._keep(commit)}",
            fix="run the handoff with `pull-request`, or let its identity push to that branch",
        )

    def _keep(self, commit: str) -> str:
        """Save a commit that the branch does not take, and say where it is."""
        branch = f"gatepost/kept-{commit[:12]}"
        with suppress(UpstreamError):
            if self.repository.push(commit, branch)[0] is Pushed.DONE:
                return f"the commit is kept on the branch {branch}"
        path = Path(f"gatepost-{commit[:12]}.patch")
        path.write_bytes(self.repository.patch(commit))
        return f"the commit is kept in the file {path}; apply it with `git am`"


def _outcome(planned: Plan, *, base: str, attempts: int) -> Outcome:
    return Outcome(
        decision=planned.decision, reason=planned.reason, base=base, attempts=attempts,
        changes=planned.changes,
    )  # fmt: skip
