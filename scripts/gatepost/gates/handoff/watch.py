"""Wait for Argo CD to bring a commit to the cluster, and say how that went."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from gatepost.clients.argocd import ArgoCd, Status
from gatepost.clients.workloads import Trouble
from gatepost.model import Finding, Level, Verdict

_SHOWN = 3
"""Reasons to quote; a crashing workload repeats itself."""

_BROKEN = frozenset({"Failed", "Error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long to look, and how sure to be."""

    timeout_s: float = 600.0
    poll_s: float = 2.0
    healthy_for_s: float = 4.0
    """A workload's health lags behind its sync; one glance at Healthy may be at the old version."""

    degraded_for_s: float = 20.0
    """With a container of the new image that crashes or cannot start; it may fail once and then work."""

    unexplained_for_s: float = 180.0
    """Degraded without such a container: a service may be called so until its image is pulled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One Application, until it runs a commit."""

    argocd: ArgoCd
    application: str
    namespace: str
    includes: Callable[[str], bool]
    """Whether the commit of that id is ours, or holds ours."""

    reasons: Callable[[Status], Iterator[Trouble]]
    """What the cluster says is wrong, most direct first; may be empty."""

    digest: str = ""
    """Of the new image; empty when it is not known."""

    def until_settled(self, waiting: Waiting) -> Verdict:
        """Poll until the commit is Synced and stays Healthy, stays Degraded, fails to sync, or time is up."""
        ends = time.monotonic() + waiting.timeout_s
        since, last = time.monotonic(), ""
        while True:
            status = self.argocd.read_status(self.application, namespace=self.namespace)
            state = self._state(status)
            now = time.monotonic()
            if state != last:
                since, last = now, state
            if now - since >= self._needed_s(state, status, waiting):
                return self.verdict(status)
            if now >= ends:
                return self.verdict(status, waited_s=waiting.timeout_s)
            time.sleep(min(waiting.poll_s, ends - now))

    def _needed_s(self, state: str, status: Status, waiting: Waiting) -> float:
        """How long `state` must last before it is believed; for ever, if it is on the way to another."""
        if state == "degraded":
            crashed = any(t.image and self.digest in t.image for t in self.reasons(status))
            return waiting.degraded_for_s if crashed else waiting.unexplained_for_s
        return {"healthy": waiting.healthy_for_s, "failed": 0.0}.get(state, math.inf)

    def verdict(self, status: Status, *, waited_s: float = 0.0) -> Verdict:
        """Judge one look at the Application."""
        facts = (
            ("sync", status.sync),
            ("health", status.health),
            ("revision", ",".join(status.revisions)),
        )
        return Verdict(gate="handoff", facts=facts, findings=tuple(self._findings(status, waited_s)))

    def _state(self, status: Status) -> str:
        if status.phase in _BROKEN and any(map(self.includes, status.operation_revisions)):
            return "failed"
        if not any(map(self.includes, status.revisions)):
            return "behind"
        if status.health == "Degraded":
            return "degraded"
        return "healthy" if (status.sync, status.health) == ("Synced", "Healthy") else "progressing"

    def _findings(self, status: Status, waited_s: float) -> Iterator[Finding]:
        state = self._state(status)
        if state == "healthy":
            return
        after = f" after {waited_s:.0f} s" if waited_s else ""
        name, errors = self.application, "; ".join(status.errors)
        if state == "failed":
            rule, what = "sync-failed", f"Argo CD could not sync {name}: {status.operation_message}"
        elif state == "behind":
            seen = ", ".join(revision[:12] for revision in status.revisions if revision) or "no commit"
            rule, what = "not-synced", f"Argo CD is still at {seen} for {name}{after}"
        else:
            rule = "degraded" if state == "degraded" else "not-healthy"
            what = f"{name} is {status.sync} and {status.health}{after}"
        why = [part for part in (errors, status.message) if part and part not in what]
        if state in {"degraded", "progressing"}:
            why += [found.text for found in islice(self.reasons(status), _SHOWN)]
        message = ": ".join(part for part in (what, "; ".join(dict.fromkeys(why))) if part)
        yield Finding(rule=f"handoff/{rule}", level=Level.ERROR, message=message)
