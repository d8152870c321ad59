"""An analysis laid out for a terminal: cause, where, smallest fix, the lines that prove it, what was cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gatepost.dossier import Dossier
from gatepost.model import Analysis, Cause, EvidenceKind, FailureType, Place, Quote
from gatepost.safety.visible import visible

_LABEL = 7
_MOST_CAUSES = 8
_MOST_TITLES = 40
_MOST_MISSING = 12
_MOST_SUBJECTS = 6
_MOST_PLACES = 4
_MOST_QUOTED = 16
_MOST_DETAILS = 12

_STYLES = {"bold": "1", "dim": "2", "red": "1;31", "yellow": "1;33", "green": "32", "cyan": "36"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """How wide the reader's terminal is, and whether it shows colour."""

    width: int = 88
    colour: bool = False

    def render(self, dossier: Dossier, analysis: Analysis) -> str:
        """Return the whole answer. Untrusted text in it is stripped of terminal sequences."""
        blocks = [self._header(dossier)]
        blocks += ["\n".join(self._cause(cause, dossier)) for cause in analysis.causes[:_MOST_CAUSES]]
        if rest := analysis.causes[_MOST_CAUSES:]:
            blocks.append("\n".join(self._by_title(rest)))
        if before := list(self._before(dossier)):
            blocks.append("\n".join([self._style("dim", "Met before"), *before]))
        if missing := list(_missing(dossier)):
            rows = [line for text in missing[:_MOST_MISSING] for line in self._point(text)]
            if len(missing) > _MOST_MISSING:
                rows.append(f"  · and {len(missing) - _MOST_MISSING} more pieces of evidence")
            blocks.append("\n".join([self._style("dim", "Cut or missing"), *rows]))
        blocks.append("\n".join(self._author(analysis)))
        return "\n\n".join(block for block in blocks if block) + "\n"

    def _header(self, dossier: Dossier) -> str:
        signal = dossier.signal
        where = f"{signal.repository}  " if signal.repository else ""
        head = self._style("dim", _plain(f"{where}{signal.subject}"))
        return f"{head}\n{self._style('dim', _plain(signal.url))}" if signal.url else head

    def _cause(self, cause: Cause, dossier: Dossier) -> Iterator[str]:
        sure = cause.failure is not FailureType.UNKNOWN
        mark = self._style("red" if sure else "yellow", f"{'✗' if sure else '?'} {cause.failure.value}")
        title = textwrap.wrap(
            _plain(cause.title), self.width - 2, initial_indent=" " * (len(cause.failure.value) + 4)
        )
        yield mark + "  " + self._style("bold", title[0].strip() if title else "")
        yield from (f"  {self._style('bold', line)}" for line in title[1:])
        yield from self._labelled("where", "\n".join(_places(cause.places)), style="cyan")
        yield from self._labelled("fix", cause.fix, style="green")
        yield from self._labelled("why", cause.why)
        if cause.subjects != (dossier.signal.subject,):  # a log file is no job
            yield from self._labelled("jobs", _subjects(cause))
        if not cause.supported:
            yield from self._labelled("note", "unsupported: no evidence is cited for this")
        for point in cause.details[:_MOST_DETAILS]:
            yield from self._point(_plain(point), indent=_LABEL + 2)
        for quote in cause.quotes or _first_lines(cause, dossier):
            yield from self._quoted(quote)

    def _labelled(self, label: str, text: str, *, style: str = "") -> Iterator[str]:
        first = f"  {label:<{_LABEL}}"
        for paragraph in visible(text).split("\n"):
            for line in textwrap.wrap(paragraph.expandtabs(4), max(30, self.width - len(first))):
                shown = self._style(style, line) if style else line
                yield (self._style("dim", first) if first.strip() else first) + shown
                first = " " * len(first)

    def _quoted(self, quote: Quote) -> Iterator[str]:
        yield ""
        link = f"  {quote.url}" if quote.url else ""
        yield self._style("dim", f"  {_plain(quote.evidence)}{_plain(link)}")
        lines = quote.text.split("\n")
        numbers: tuple[int | str, ...] = quote.line_numbers or ("",) * len(lines)
        rows = sorted(zip(numbers, lines, strict=False), key=lambda row: row[0] or 0)
        wide = max((len(str(number)) for number, _ in rows), default=0)
        previous: int | str = ""
        for number, line in rows[:_MOST_QUOTED]:
            if isinstance(number, int) and isinstance(previous, int) and number > previous + 1:
                yield self._style("dim", f"  {'⋮':>{wide}}")
            yield f"  {self._style('dim', f'{number:>{wide}} │')} {self._fitted(line, 2 + wide + 3)}"
            previous = number
        if len(rows) > _MOST_QUOTED:
            yield self._style("dim", f"  {'':>{wide}}   {len(rows) - _MOST_QUOTED} more lines")

    def _fitted(self, line: str, used: int) -> str:
        """Keep a quoted line on one row, so that the numbers stay readable."""
        line = _plain(line)
        room = max(20, self.width - used)
        return line if len(line) <= room else f"{line[: room - 1]}…"

    def _before(self, dossier: Dossier) -> Iterator[str]:
        for item in dossier.evidence:
            if item.kind is EvidenceKind.HISTORY and item.body:
                for line in item.body.split("\n"):
                    yield from self._point(_plain(line))

    def _by_title(self, causes: Sequence[Cause]) -> Iterator[str]:
        """Name what there is no room to explain."""
        yield self._style("dim", f"And {len(causes)} more")
        for cause in causes[:_MOST_TITLES]:
            jobs = f" ({len(cause.subjects)} jobs)" if len(cause.subjects) > 1 else ""
            yield from self._point(f"{cause.failure.value}: {_plain(cause.title)}{jobs}")
        if len(causes) > _MOST_TITLES:
            yield f"  · and {len(causes) - _MOST_TITLES} further ones"

    def _point(self, text: str, *, indent: int = 2) -> list[str]:
        first = f"{' ' * indent}· "
        return textwrap.wrap(text, self.width, initial_indent=first, subsequent_indent=" " * len(first))

    def _author(self, analysis: Analysis) -> Iterator[str]:
        by = "the rules, without a model" if analysis.author == "rules" else analysis.author
        cost = ""
        if used := analysis.usage:
            cost = f", {used.input_tokens:,} tokens in and {used.output_tokens:,} out"
        for note in analysis.notes:
            yield from textwrap.wrap(_plain(note), self.width)
        yield self._style("dim", f"Read by {_plain(by)}{cost}.")

    def _style(self, name: str, text: str) -> str:
        return f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if self.colour and text else text


def _plain(text: str) -> str:
    """One line of untrusted text, without anything a terminal would obey."""
    return " ".join(visible(text).expandtabs(4).split("\n"))


def _missing(dossier: Dossier) -> Iterator[str]:
    for item in dossier.evidence:
        parts = [item.note] if item.note else []
        if item.dropped_lines:
            parts.append(f"{item.dropped_lines:,} more lines are in the original.")
        if parts:
            yield f"{_plain(item.name)}: {' '.join(_plain(part) for part in parts)}"


def _places(places: tuple[Place, ...]) -> Iterator[str]:
    for place in places[:_MOST_PLACES]:
        yield f"{place.path}:{place.line}" if place.line else place.path
    if len(places) > _MOST_PLACES:
        yield f"and {len(places) - _MOST_PLACES} more"


def _subjects(cause: Cause) -> str:
    shown = ", ".join(cause.subjects[:_MOST_SUBJECTS])
    more = len(cause.subjects) - _MOST_SUBJECTS
    return f"{shown} and {more} more" if more > 0 else shown


def _first_lines(cause: Cause, dossier: Dossier) -> tuple[Quote, ...]:
    """With nothing quoted, the best lines of what is cited, else of the job's own log; never of another's."""
    cited = [e for e in dossier.evidence if e.name in cause.cites and e.body]
    own = [
        e
        for e in dossier.evidence
        if e.kind is EvidenceKind.LOG and e.body and e.subject and e.subject in cause.subjects
    ]
    return tuple(
        Quote(
            evidence=item.name,
            text=item.body.pick(range(min(_MOST_QUOTED, item.body.count("\n") + 1))),
            line_numbers=item.line_numbers[:_MOST_QUOTED],
            url=item.source,
        )
        for item in (cited or own)[:1]
    )
