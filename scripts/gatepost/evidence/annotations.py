"""What the failed jobs pinned to lines of the code: annotations of their check runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import AnnotationPayload, JobPayload
from gatepost.evidence.paths import in_repository
from gatepost.model import Evidence, EvidenceKind, Facts, Place
from gatepost.safety import redact

_MOST_JOBS = 10
_AT_ONCE = 4
_MOST = 30
_MESSAGE_LINES = 6
_LINE_CHARS = 300

# The runner pins this to every failed job; the log says it too, with more around it.
_EMPTY_TALK = re.compile(r"^(?:Process completed with exit code \d+\.|The operation was canceled\.)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """Collects one piece of evidence per failed job that left errors on lines."""

    hub: GitHub
    jobs: tuple[JobPayload, ...]
    """The failed ones."""

    known: Collection[str] = ()
    name: str = "annotations"

    def collect(self) -> Iterable[Evidence]:
        """Ask for the first jobs' annotations; a job's check run has the job's own id."""
        asked = self.jobs[:_MOST_JOBS]
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            found = list(pool.map(self._of, asked))
        return [item for items in found for item in items]

    def _of(self, job: JobPayload) -> list[Evidence]:
        path = f"/check-runs/{job.id}/annotations"
        every = list(self.hub.every(AnnotationPayload, path, most=100))
        telling = [a for a in every if a.annotation_level == "failure" and _says_something(a)]
        if not telling:
            return []
        rows = [row for one in telling[:_MOST] for row in self._rows(one)]
        title = str(redact(job.name, known=self.known))
        return [
            Evidence(
                name=f"annotations:{title}",
                kind=EvidenceKind.REPORT,
                body=redact("\n".join(rows), known=self.known),
                source=job.html_url or "",
                dropped_lines=max(0, len(telling) - _MOST),
                subject=title,
                facts=Facts(places=tuple(dict.fromkeys(self._places(telling)))),
            )
        ]

    def _rows(self, one: AnnotationPayload) -> Iterator[str]:
        message = redact(one.message or "", known=self.known).strip().split("\n")
        title = f"{one.title}: " if one.title and one.title not in message[0] else ""
        where = self._path(one)
        yield (
            f"{where}:{one.start_line}: {title}{message[0]}"[:_LINE_CHARS]
            if where
            else f"{title}{message[0]}"
        )
        yield from (f"    {line}"[:_LINE_CHARS] for line in message[1:_MESSAGE_LINES])

    def _path(self, one: AnnotationPayload) -> str:
        path = in_repository(one.path, repository=self.hub.repository)
        # What has no line of its own is pinned to the folder of the workflows.
        return "" if path == ".github" or redact(path, known=self.known) != path else path

    def _places(self, annotations: Iterable[AnnotationPayload]) -> Iterator[Place]:
        for one in annotations:
            if path := self._path(one):
                yield Place(path=path, line=one.start_line)


def _says_something(one: AnnotationPayload) -> bool:
    return bool(one.message and not _EMPTY_TALK.match(one.message.strip()))
