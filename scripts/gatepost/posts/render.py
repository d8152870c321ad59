"""An analysis as the one post a person reads: cause, where and fix first; evidence folded below."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from gatepost.model import Cause, Post, Run, Signal
from gatepost.posts.layout import Links, bullets, evidence, mark, prose
from gatepost.posts.provenance import footer
from gatepost.report import Report
from gatepost.safety import sanitise
from gatepost.safety.markdown import inline, plain

_CAUSES = 12
"""Told in full; the rest by title."""

_LISTED = 30

MOST_BYTES = 52_000
"""Of 65,536 that GitHub takes; counts, mentions and the marker need the rest."""


def render(report: Report, *, signal: Signal) -> Post:
    """
    Lay out `report` about `signal` as a post.

    `signal` is what the poster itself read from GitHub: the report decides no link and no target.
    """
    causes = report.analysis.causes
    links = Links.to(signal)
    parts = [*_causes(causes, signal, links), *footer(report, signal=signal, links=links)]
    body = "\n\n".join(part for part in parts if part)
    return Post(
        key=key(signal),
        title=_title(causes, signal),
        body=sanitise(body, repository=signal.repository or "-/-", server=links.server, max_bytes=MOST_BYTES),
        failures=tuple(dict.fromkeys(c.failure for c in causes)),
        fingerprints=tuple(dict.fromkeys(c.fingerprint for c in causes if c.fingerprint)),
    )


def key(signal: Signal) -> str:
    """Return the identity of the conversation: one per workflow, so that a re-run edits."""
    what = (signal.workflow_path or signal.workflow) if isinstance(signal, Run) else signal.subject
    return hashlib.sha256(f"{signal.kind}\0{signal.repository}\0{what}".encode()).hexdigest()[:16]


def _title(causes: Sequence[Cause], signal: Signal) -> str:
    what = signal.subject
    if isinstance(signal, Run):
        what = f"{signal.workflow} fails{f' on {signal.branch}' if signal.branch else ''}"
    return plain(f"{what}: {causes[0].title.replace('`', '')}", limit=200)


def _causes(causes: Sequence[Cause], signal: Signal, links: Links) -> Iterator[str]:
    if len(causes) == 1:
        yield f"### {mark(causes[0])} {prose(causes[0].title)}"
        yield from _told(causes[0], links)
        return
    jobs = len({name for cause in causes for name in cause.subjects})
    what = inline(signal.workflow) if isinstance(signal, Run) else "The run"
    yield f"### ❌ {what} failed: {len(causes)} causes in {jobs} job{'s' if jobs != 1 else ''}"
    for number, cause in enumerate(causes[:_CAUSES], 1):
        yield f"#### {number}. {mark(cause)} {prose(cause.title)}"
        yield from _told(cause, links)
    if rest := causes[_CAUSES:]:
        lines = [f"- {mark(c)} {prose(c.title)} ({_jobs(c)})" for c in rest[:_LISTED]]
        more = [f"- and {len(rest) - _LISTED} more"] if len(rest) > _LISTED else []
        yield "\n".join([f"#### And {len(rest)} more", "", *lines, *more])


def _told(cause: Cause, links: Links) -> Iterator[str]:
    yield bullets(cause, links)
    yield from evidence(cause, links)


def _jobs(cause: Cause) -> str:
    return f"{len(cause.subjects)} job{'s' if len(cause.subjects) != 1 else ''}"
