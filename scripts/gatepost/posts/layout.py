"""The pieces of a post: one cause's lines, its folded evidence, its links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from gatepost.model import Cause, FailureType, Place, Quote, Run, Signal
from gatepost.safety.markdown import block, code, inline, plain

_SUBJECTS = 4
_PLACES = 3
_SURE = 0.5
_SPAN = re.compile(r"`([^`\n]+)`")
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)")

_NAMES = {
    FailureType.SAST: "static analysis",
    FailureType.SCA: "vulnerable dependency",
    FailureType.MODEL_VALIDATION: "model validation",
    FailureType.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses inside the repository that the signal itself names."""

    server: str = "https://github.com"
    repository: str = ""
    sha: str = ""

    @classmethod
    def to(cls, signal: Signal) -> Self:
        """Take the addresses from what GitHub said about the run."""
        parts = urlsplit(signal.url)
        server = f"{parts.scheme}://{parts.netloc}" if parts.netloc else cls().server
        sha = signal.head_sha if isinstance(signal, Run) else ""
        return cls(server=server, repository=signal.repository, sha=sha)

    def place(self, place: Place) -> str:
        """Return `path:line`, linked to that line at the failing commit when the commit is known."""
        shown = code(f"{place.path}:{place.line}" if place.line else place.path)
        if not (self.repository and self.sha):
            return shown
        anchor = f"#L{place.line}" if place.line else ""
        path = percent(place.path)
        return f"[{shown}]({self.server}/{self.repository}/blob/{self.sha}/{path}{anchor})"

    def commit(self) -> str:
        """Return the commit's short name, linked; empty when it is unknown."""
        if not (self.repository and self.sha):
            return ""
        return f"[{code(self.sha[:7])}]({self.server}/{self.repository}/commit/{self.sha})"

    def own(self, url: str) -> str:
        """Return `url` if it lies in the repository, else nothing."""
        root = f"{self.server}/{self.repository}/"
        return url if self.repository and url.startswith(root) and not re.search(r"[\s()<>]", url) else ""


def mark(cause: Cause) -> str:
    """Return the failure type as the sign a reader scans for."""
    icon = "❔" if cause.failure is FailureType.UNKNOWN else "❌"
    return f"{icon} **{_NAMES.get(cause.failure, cause.failure.value)}** ·"


def prose(text: str) -> str:
    """Return untrusted words as one line of markdown in which `code` stays code."""
    parts = _SPAN.split(" ".join(_PARAGRAPH.sub(" ", text).split()))
    return "".join(code(part) if number % 2 else _kept(part) for number, part in enumerate(parts))


def _kept(text: str) -> str:
    """Escape, but keep the spaces that set words apart from code."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{inline(text)}{after}"


def bullets(cause: Cause, links: Links) -> str:
    """Return what a reader needs first: where, the fix, why, which jobs."""
    lines = []
    if cause.places:
        lines.append(f"- **Where:** {' · '.join(links.place(p) for p in cause.places[:_PLACES])}")
    if cause.fix:
        lines.append(f"- **Fix:** {prose(cause.fix)}")
    if cause.why:
        lines.append(f"- **Why:** {prose(cause.why)}")
    if cause.details:
        lines += ["- **In detail:**", *(f"  - {prose(point)}" for point in cause.details)]
    if cause.subjects:
        lines.append(f"- **{'Job' if len(cause.subjects) == 1 else 'Jobs'}:** {_subjects(cause)}")
    if cause.confidence is not None and cause.confidence < _SURE:
        lines.append(f"- ⚠️ **Unsure:** the model gives its own explanation {cause.confidence:.0%}.")
    if not cause.supported:
        lines.append("- ⚠️ **Unsupported:** no evidence is cited for this; read it as a guess.")
    return "\n".join(lines)


def _subjects(cause: Cause) -> str:
    names = [code(name) for name in cause.subjects[:_SUBJECTS]]
    more = len(cause.subjects) - _SUBJECTS
    count = f"{len(cause.subjects)}: " if len(cause.subjects) > 1 else ""
    return count + ", ".join(names) + (f" and {more} more" if more > 0 else "")


def evidence(cause: Cause, links: Links) -> Iterator[str]:
    """Yield each quote, folded, with its line numbers and a link to the original."""
    for quote in cause.quotes:
        title = html.escape(plain(quote.evidence, limit=120), quote=False)
        parts = [
            f"<details><summary>Evidence: {title}{_span(quote)}</summary>",
            block(_numbered(quote), "text"),
        ]
        if url := links.own(quote.url):
            parts.append(f"[Open the original]({url})")
        yield "\n\n".join([*parts, "</details>"])


def _span(quote: Quote) -> str:
    if not quote.line_numbers:
        return ""
    first, last = min(quote.line_numbers), max(quote.line_numbers)
    return f", line {first}" if first == last else f", lines {first}–{last}"


def _numbered(quote: Quote) -> str:
    """Return the quoted lines in order, each with its number, gaps marked."""
    lines = quote.text.split("\n")
    if len(quote.line_numbers) != len(lines):
        return str(quote.text)
    rows = sorted(zip(quote.line_numbers, lines, strict=True), key=lambda row: row[0])
    wide = len(str(rows[-1][0]))
    shown = []
    before = rows[0][0]
    for number, line in rows:
        if number > before + 1:
            shown.append("⋮".rjust(wide))
        shown.append(f"{number:>{wide}}  {line}".rstrip())
        before = number
    return "\n".join(shown)
