"""Source around the locations that the logs name, read as data at the failing commit."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import TreeEntry
from gatepost.errors import GatepostError, UpstreamError
from gatepost.evidence.tree import Tree, read_tree
from gatepost.model import Evidence, EvidenceKind, Place, Run
from gatepost.safety import redact

MOST_PLACES = 6
"""Locations read; further ones are rarely the cause, and each costs a request."""

AROUND = 8
"""Lines shown before and after the one named."""

_MAX_FILE_BYTES = 1024 * 1024
_MAX_LINE = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Follows the logs to the files they name."""

    hub: GitHub
    run: Run
    server_url: str
    """Where people browse, such as `https://github.com`."""

    known: Collection[str] = ()
    name: str = "source"

    def follow(self, evidence: Sequence[Evidence]) -> Iterable[Evidence]:
        """Read a handful of locations; one that is not plain text in the tree costs a sentence at most."""
        named = _named(evidence)
        steps = tuple(dict.fromkeys(e.facts.step for e in evidence if e.facts and e.facts.step))
        if not named and not (steps and self.run.workflow_path):
            return []
        tree = read_tree(self.hub, self.run.head_sha)
        places = _merged(self._found(named, tree))[:MOST_PLACES]
        with ThreadPoolExecutor(max_workers=MOST_PLACES + 1) as pool:
            files = [pool.submit(self._read, entry, lines=lines) for entry, lines in places]
            flow = pool.submit(self._workflow, tree, steps) if steps else None
            found = [item for file in files for item in file.result()]
            return found + (flow.result() if flow else [])

    def _found(self, named: Iterable[Place], tree: Tree) -> Iterable[tuple[TreeEntry, int]]:
        for place in named:
            if entry := tree.find(place.path):
                yield entry, place.line

    def _read(self, entry: TreeEntry, *, lines: Sequence[int]) -> list[Evidence]:
        try:
            text, problem = self._text(entry)
        except GatepostError as error:
            text, problem = "", f"{entry.path} cannot be read: {error.what}."
        if problem:
            return [self._evidence(entry.path, note=problem)]
        shown = redact(text, known=self.known).split("\n")
        windows = _windows([line for line in lines if line <= len(shown)], last=len(shown))
        return [self._evidence(entry.path, text=shown, window=window) for window in windows]

    def _workflow(self, tree: Tree, steps: Sequence[str]) -> list[Evidence]:
        """Show the failed step as the workflow file declares it."""
        entry = tree.exact(self.run.workflow_path)
        if entry is None:
            return []
        try:
            text, problem = self._text(entry)
        except GatepostError as error:
            text, problem = "", str(error)
        if problem:
            return []
        lines = text.split("\n")
        hits = [line for step in steps if (line := _declared(step, lines))]
        shown = redact(text, known=self.known).split("\n")
        windows = _windows(hits[:2], last=len(shown))
        return [self._evidence(entry.path, text=shown, window=window) for window in windows]

    def _text(self, entry: TreeEntry) -> tuple[str, str]:
        """Return the file's text, or why there is none to show."""
        if entry.type != "blob":
            kind = "a submodule" if entry.type == "commit" else "a folder"
            return "", f"{entry.path} is {kind}, so it is not shown."
        if entry.mode == "120000":
            return "", f"{entry.path} is a symbolic link, so it is not shown."
        if entry.size > _MAX_FILE_BYTES:
            return "", f"{entry.path} holds {entry.size} bytes, so it is not shown."
        blob = self.hub.get(f"/git/blobs/{entry.sha}")
        try:
            content = base64.b64decode(blob["content"])
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise UpstreamError(
                f"GitHub's blob of {entry.path} is malformed", fix="try again later"
            ) from error
        if b"\0" in content[:8192]:
            return "", f"{entry.path} is binary, so it is not shown."
        return content.decode("utf-8", "replace").replace("\r\n", "\n"), ""

    def _evidence(
        self, path: str, *, text: Sequence[str] = (), window: range = range(0), note: str = ""
    ) -> Evidence:
        numbers = tuple(window)
        anchor = f"#L{numbers[0]}-L{numbers[-1]}" if numbers else ""
        where = f":{numbers[0]}-{numbers[-1]}" if numbers else ""
        path = str(redact(path, known=self.known))
        return Evidence(
            name=f"source:{path}{where}",
            kind=EvidenceKind.SOURCE,
            body=redact("\n".join(text[n - 1][:_MAX_LINE] for n in numbers), known=self.known),
            source=f"{self.server_url}/{self.run.repository}/blob/{self.run.head_sha}/{quote(path)}{anchor}",
            line_numbers=numbers,
            note=note,
            subject=path,
        )


def _named(evidence: Iterable[Evidence]) -> list[Place]:
    """Take the places of all logs in turns, so that one talkative job does not crowd out the others."""
    queues = [list(e.facts.places) for e in evidence if e.facts and e.facts.places]
    turns = [
        queue[turn]
        for turn in range(max(map(len, queues), default=0))
        for queue in queues
        if turn < len(queue)
    ]
    return list(dict.fromkeys(turns))


def _merged(found: Iterable[tuple[TreeEntry, int]]) -> list[tuple[TreeEntry, list[int]]]:
    files: dict[str, tuple[TreeEntry, list[int]]] = {}
    for entry, line in found:
        files.setdefault(entry.path, (entry, []))[1].append(line)
    return list(files.values())


def _windows(lines: Iterable[int], *, last: int) -> list[range]:
    """Return 1-based line ranges around `lines`, joined where they touch."""
    windows: list[range] = []
    for line in sorted(set(lines)):
        start, stop = max(1, line - AROUND), min(last, max(line, 1) + AROUND) + 1
        if windows and start <= windows[-1].stop:
            windows[-1] = range(windows[-1].start, stop)
        else:
            windows.append(range(start, stop))
    return windows[:3]


def _declared(step: str, lines: Sequence[str]) -> int:
    """Find the 1-based line that declares a step, by its name or its command; 0 if none does."""
    names = {step, step.removeprefix("Run ")}
    for number, line in enumerate(lines, 1):
        bare = line.strip().removeprefix("- ").strip()
        key, _, value = bare.partition(":")
        if key in ("name", "run", "uses") and value.strip().strip("\"'|>- ") in names:
            return number
    return 0
