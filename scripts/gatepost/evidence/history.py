"""Whether the same failure was met before, since when and how often, from gatepost's own earlier posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gatepost.clients.github import GitHub
from gatepost.clients.github_talk import CommentPayload, IssuePayload
from gatepost.model import Evidence, EvidenceKind, Run
from gatepost.report import marker
from gatepost.report.marker import Marker, Seen
from gatepost.safety import redact

_MOST_POSTS = 100
_MOST_LINES = 20

Fingerprints = Callable[[Sequence[Evidence]], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An own post found, and what it remembers."""

    url: str
    marker: Marker


@dataclass(slots=True, kw_only=True)
class History:
    """
    Reads what was posted lately while the logs are read, and compares once the causes are known.

    It is a collector, which keeps what it finds, and a follower, which tells what of it matters.
    """

    hub: GitHub
    run: Run
    login: str
    """Our own; a marker in anyone else's post means nothing."""

    fingerprints: Fingerprints
    """Finds the causes in the evidence so far: fingerprint to title."""

    found: Callable[[tuple[Marker, ...]], None] = lambda _: None
    """Told the markers as soon as they are read."""

    name: str = "history"
    _told: list[Told] = field(init=False, default_factory=list)

    def collect(self) -> Iterable[Evidence]:
        """Read the latest issues and comments; they become evidence only when they match."""
        with ThreadPoolExecutor(max_workers=3) as pool:
            for posts in pool.map(lambda read: list(read()), (self._issues, self._comments, self._on_commit)):
                self._told += posts
        self.found(tuple(told.marker for told in self._told))
        return ()

    def follow(self, evidence: Sequence[Evidence]) -> Iterable[Evidence]:
        """Tell where each cause was met before; nothing when it is new."""
        causes = self.fingerprints(evidence) if self._told else {}
        rows = [row for name, title in causes.items() for row in self._before(name, title)]
        if not rows:
            return
        yield Evidence(
            name=self.name,
            kind=EvidenceKind.HISTORY,
            body=redact("\n".join(rows[:_MOST_LINES])),
            source=self.run.url,
            dropped_lines=max(0, len(rows) - _MOST_LINES),
        )

    def _before(self, fingerprint: str, title: str) -> Iterator[str]:
        met = [
            (told, told.marker.seen[fingerprint]) for told in self._told if fingerprint in told.marker.seen
        ]
        for told, seen in sorted(met, key=lambda pair: pair[1].last, reverse=True):
            if count := self._earlier(told.marker, seen, fingerprint):
                runs = "1 earlier run" if count == 1 else f"{count} earlier runs"
                state = "resolved since" if told.marker.resolved else "open"
                days = f"first {seen.first:%Y-%m-%d}, last {seen.last:%Y-%m-%d}"
                yield f"{title}: met in {runs}, {days}; {state}: {told.url}"

    def _earlier(self, post: Marker, seen: Seen, fingerprint: str) -> int:
        """Count the runs besides this one: a post about an earlier attempt of it is no history."""
        own = post.run_id == self.run.run_id and fingerprint in post.fingerprints
        return seen.count - own

    def _issues(self) -> Iterator[Told]:
        params = {"state": "all", "sort": "updated", "direction": "desc"}
        return self._own(self.hub.every(IssuePayload, "/issues", params=params, most=_MOST_POSTS))

    def _comments(self) -> Iterator[Told]:
        params = {"sort": "updated", "direction": "desc"}
        return self._own(self.hub.every(CommentPayload, "/issues/comments", params=params, most=_MOST_POSTS))

    def _on_commit(self) -> Iterator[Told]:
        path = f"/commits/{self.run.head_sha}/comments"
        return self._own(self.hub.every(CommentPayload, path, most=_MOST_POSTS))

    def _own(self, posts: Iterable[IssuePayload | CommentPayload]) -> Iterator[Told]:
        for post in posts:
            if post.user and post.user.login == self.login and (read := marker.read(post.body or "")):
                yield Told(url=post.html_url, marker=read)
