"""JUnit and SARIF files among a run's artifacts: what a machine wrote down beats what a log prints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import ArtifactPayload, RunPayload
from gatepost.errors import GatepostError
from gatepost.evidence.paths import in_repository
from gatepost.evidence.reported import Reported, from_junit, from_sarif
from gatepost.model import Evidence, EvidenceKind, Facts, Place
from gatepost.safety import redact
from gatepost.safety.limits import read_json, read_xml, read_zip

MOST_BYTES = 16 << 20
"""Reports are small; an artifact above this is a build or a data set, and is not downloaded."""

_MOST_ARTIFACTS = 6
_MOST_LOST = 4
_MOST_REPORTED = 25
_MOST_FILES = 40
_FILE_BYTES = 8 << 20
_TELLING_NAME = re.compile(r"(?i)j?unit|test|report|result|sarif|scan|lint|check")
_REPORT_FILE = re.compile(r"(?i)\.(?:xml|sarif|sarif\.json)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifacts:
    """Follows the failed jobs to the reports their run uploaded."""

    hub: GitHub
    run: RunPayload
    known: Collection[str] = ()
    name: str = "artifacts"

    def follow(self, evidence: Sequence[Evidence]) -> Iterable[Evidence]:
        """Download the likely ones, small and of this attempt; one that cannot be read costs a sentence."""
        path = f"/actions/runs/{self.run.id}/artifacts"
        likely = [
            a for a in self.hub.every(ArtifactPayload, path, key="artifacts", most=100) if self._likely(a)
        ]
        found = [a for a in likely if not a.expired and a.size_in_bytes <= MOST_BYTES]
        logs = [e for e in evidence if e.kind is EvidenceKind.LOG]
        with ThreadPoolExecutor(max_workers=_MOST_ARTIFACTS) as pool:
            read = list(pool.map(self._read, found[:_MOST_ARTIFACTS]))
        items = [self._told(name, files, notes, logs) for name, files, notes in read if files or notes]
        lost = [_lost(a) for a in likely if a not in found]
        return [*items, *self._unread(found[_MOST_ARTIFACTS:], lost)]

    def _likely(self, artifact: ArtifactPayload) -> bool:
        started = self.run.run_started_at or self.run.created_at
        fresh = artifact.created_at is None or self._not_before(artifact.created_at, started)
        return fresh and bool(_TELLING_NAME.search(artifact.name))

    def _not_before(self, made: datetime, started: datetime) -> bool:
        return made >= started.replace(microsecond=0)

    def _read(self, artifact: ArtifactPayload) -> tuple[str, list[Reported], list[str]]:
        what = f"artifact {artifact.name}"
        try:
            with self.hub.open(f"/actions/artifacts/{artifact.id}/zip", limit_bytes=MOST_BYTES) as chunks:
                data = b"".join(chunks)
            archive = read_zip(
                data,
                wanted=lambda name: bool(_REPORT_FILE.search(name)),
                max_file_bytes=_FILE_BYTES,
                what=what,
            )
        except GatepostError as error:
            return artifact.name, [], [f"{what} could not be read: {error.what}."]
        reported: list[Reported] = []
        notes = list(archive.notes)
        for entry in archive.entries[:_MOST_FILES]:
            try:
                reported += _parsed(entry.name, entry.body)
            except GatepostError as error:
                notes.append(f"{error.what}.")
        return artifact.name, reported, notes

    def _told(
        self, artifact: str, reported: Sequence[Reported], notes: Sequence[str], logs: Sequence[Evidence]
    ) -> Evidence:
        subject = _subject(artifact, reported, logs)
        shown = reported[:_MOST_REPORTED]
        # Whose job it is decides whether it may speak for a job, or only beside it.
        kind = EvidenceKind.REPORT if subject and reported else EvidenceKind.METADATA
        places = (Place(path=path, line=r.line) for r in shown if (path := self._path(r)))
        return Evidence(
            name=str(redact(f"report:{artifact}", known=self.known)),
            kind=kind,
            body=redact("\n".join(row for one in shown for row in self._rows(one)), known=self.known),
            source=self.run.html_url,
            dropped_lines=len(reported) - len(shown),
            note=str(redact(" ".join(notes[:4]), known=self.known)),
            subject=subject,
            facts=Facts(
                tools=tuple(dict.fromkeys(r.tool for r in shown if r.tool)),
                places=tuple(dict.fromkeys(places)),
            ),
        )

    def _rows(self, one: Reported) -> Iterator[str]:
        where = self._path(one)
        at = f"{where}:{one.line}" if where and one.line else where
        if one.tool == "junit":
            yield f"{one.title} FAILED"
            yield from (f"    {line}" for line in (one.message, *one.detail) if line)
            if at:
                yield f"    at {at}"
        else:
            yield f"{at or 'no place given'}: {one.tool} {one.title}: {one.message}"

    def _path(self, one: Reported) -> str:
        path = in_repository(one.path, repository=self.hub.repository)
        return path if redact(path, known=self.known) == path else ""

    def _unread(self, rest: Sequence[ArtifactPayload], lost: Sequence[str]) -> list[Evidence]:
        notes = [f"{len(rest)} more artifacts look like reports and were not read."] if rest else []
        notes += lost[:_MOST_LOST]
        if not notes:
            return []
        note = str(redact(" ".join(notes), known=self.known))
        body = redact("")
        return [
            Evidence(
                name=self.name, kind=EvidenceKind.METADATA, body=body, source=self.run.html_url, note=note
            )
        ]


def _lost(artifact: ArtifactPayload) -> str:
    if artifact.expired:
        return f"Artifact {artifact.name} has expired."
    size = artifact.size_in_bytes / (1 << 20)
    return f"Artifact {artifact.name} holds {size:.0f} MiB; above {MOST_BYTES >> 20} none is read."


def _parsed(name: str, body: bytes) -> list[Reported]:
    if name.lower().endswith(".xml"):
        return list(from_junit(read_xml(body, what=name)))
    return list(from_sarif(read_json(body, what=name)))


def _subject(artifact: str, reported: Sequence[Reported], logs: Sequence[Evidence]) -> str:
    """Say which failed job a report is of: the only one, its namesake, or the one that prints its tests."""
    if len(logs) == 1:
        return logs[0].subject
    named = [e for e in logs if e.subject and e.subject.lower() in artifact.lower()]
    if len(named) == 1:
        return named[0].subject
    titles = {r.title.rpartition(" ")[2] for r in reported}
    counted = [(sum(title in e.body for title in titles), e.subject) for e in logs]
    best = max(counted, default=(0, ""))
    return best[1] if best[0] and [c for c, _ in counted].count(best[0]) == 1 else ""
