"""The report as JSON: strict on the way in, redacted on both ways."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gatepost.errors import ConfigError, RefusedError
from gatepost.model import (
    Analysis,
    Cause,
    Evidence,
    EvidenceKind,
    FailureType,
    Place,
    Quote,
    Usage,
)
from gatepost.report.contents import MOST_CAUSES, Report
from gatepost.safety import redact

MOST_BYTES = 1_000_000
"""A larger file is no report of ours; it is refused before it is parsed."""

MOST_SUBJECTS = 256  # jobs of one matrix
MOST_SOURCES = 600
_MOST_POINTS = 20
_MOST_QUOTES = 4

_Line = Annotated[str, StringConstraints(max_length=400)]
_Words = Annotated[str, StringConstraints(max_length=4_000)]
_Block = Annotated[str, StringConstraints(max_length=8_000)]
_Count = Annotated[int, Field(ge=0, le=10**12)]


def dump(report: Report) -> bytes:
    """Return the report as JSON, redacted once more."""
    return _ReportShape.of(report).model_dump_json(exclude_defaults=True).encode()


def load(data: bytes) -> Report:
    """Read a report. Raises `RefusedError` when it is too large, `ConfigError` when it is not one of ours."""
    if len(data) > MOST_BYTES:
        raise RefusedError(
            f"the report has {len(data)} bytes; ours have at most {MOST_BYTES}",
            fix="check which job wrote the artifact",
        )
    try:
        return _ReportShape.model_validate_json(data).report()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(
            f"the report is not one of ours: {where}: {first['msg'].lower()}",
            fix="write it with `gatepost triage --report FILE` of the same version",
        ) from error


def _clean(text: str, *, most: int) -> str:
    short = str(redact(text))
    return short if len(short) <= most else short[: most - 1] + "…"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _QuoteShape(_Shape):
    evidence: _Line
    text: _Block
    line_numbers: Annotated[tuple[_Count, ...], Field(max_length=400)] = ()
    url: _Line = ""

    @classmethod
    def of(cls, quote: Quote) -> Self:
        text = _clean(quote.text, most=8_000)
        return cls(
            evidence=_clean(quote.evidence, most=400),
            text=text,
            line_numbers=quote.line_numbers[: text.count("\n") + 1],
            url=quote.url[:400],
        )

    def quote(self) -> Quote:
        return Quote(
            evidence=self.evidence, text=redact(self.text), line_numbers=self.line_numbers, url=self.url
        )


class _PlaceShape(_Shape):
    path: _Line
    line: _Count = 0


class _CauseShape(_Shape):
    failure: FailureType
    title: _Line
    why: _Words = ""
    fix: _Words = ""
    subjects: Annotated[tuple[_Line, ...], Field(max_length=MOST_SUBJECTS)] = ()
    places: Annotated[tuple[_PlaceShape, ...], Field(max_length=_MOST_POINTS)] = ()
    quotes: Annotated[tuple[_QuoteShape, ...], Field(max_length=_MOST_QUOTES)] = ()
    cites: Annotated[tuple[_Line, ...], Field(max_length=MOST_SOURCES)] = ()
    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{0,64}$")] = ""
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    details: Annotated[tuple[_Words, ...], Field(max_length=_MOST_POINTS)] = ()
    told_at: AwareDatetime | None = None

    @classmethod
    def of(cls, cause: Cause) -> Self:
        return cls(
            failure=cause.failure,
            title=_clean(cause.title, most=400),
            why=_clean(cause.why, most=4_000),
            fix=_clean(cause.fix, most=4_000),
            subjects=tuple(_clean(s, most=400) for s in cause.subjects[:MOST_SUBJECTS]),
            places=tuple(
                _PlaceShape(path=_clean(p.path, most=400), line=p.line) for p in cause.places[:_MOST_POINTS]
            ),
            quotes=tuple(_QuoteShape.of(q) for q in cause.quotes[:_MOST_QUOTES]),
            cites=tuple(_clean(c, most=400) for c in cause.cites[:MOST_SOURCES]),
            fingerprint=cause.fingerprint,
            confidence=cause.confidence,
            details=tuple(_clean(d, most=4_000) for d in cause.details[:_MOST_POINTS]),
            told_at=cause.told_at,
        )

    def cause(self) -> Cause:
        return Cause(
            failure=self.failure,
            title=str(redact(self.title)),
            why=str(redact(self.why)),
            fix=str(redact(self.fix)),
            subjects=tuple(str(redact(s)) for s in self.subjects),
            places=tuple(Place(path=p.path, line=p.line) for p in self.places),
            quotes=tuple(q.quote() for q in self.quotes),
            cites=self.cites,
            fingerprint=self.fingerprint,
            confidence=self.confidence,
            details=tuple(str(redact(d)) for d in self.details),
            told_at=self.told_at,
        )


class _UsageShape(_Shape):
    input_tokens: _Count = 0
    output_tokens: _Count = 0
    cached_tokens: _Count = 0


class _SourceShape(_Shape):
    name: _Line
    kind: EvidenceKind
    source: _Words = ""
    subject: _Line = ""
    alike: Annotated[tuple[_Line, ...], Field(max_length=MOST_SUBJECTS)] = ()
    dropped_lines: _Count = 0
    note: _Words = ""

    @classmethod
    def of(cls, item: Evidence) -> Self:
        return cls(
            name=_clean(item.name, most=400),
            kind=item.kind,
            source=_clean(item.source, most=4_000),
            subject=_clean(item.subject, most=400),
            alike=tuple(_clean(a, most=400) for a in item.alike[:MOST_SUBJECTS]),
            dropped_lines=item.dropped_lines,
            note=_clean(item.note, most=4_000),
        )

    def evidence(self) -> Evidence:
        return Evidence(
            name=self.name,
            kind=self.kind,
            body=redact(""),
            source=self.source,
            subject=self.subject,
            alike=self.alike,
            dropped_lines=self.dropped_lines,
            note=str(redact(self.note)),
        )


class _ReportShape(_Shape):
    version: Literal[1]
    repository: _Line = ""
    run_id: _Count = 0
    attempt: _Count = 0
    causes: Annotated[tuple[_CauseShape, ...], Field(min_length=1, max_length=MOST_CAUSES)]
    author: _Line
    usage: _UsageShape | None = None
    notes: Annotated[tuple[_Words, ...], Field(max_length=_MOST_POINTS)] = ()
    sources: Annotated[tuple[_SourceShape, ...], Field(max_length=MOST_SOURCES)] = ()

    @classmethod
    def of(cls, report: Report) -> Self:
        analysis = report.analysis
        usage = analysis.usage
        return cls(
            version=1,
            repository=report.repository,
            run_id=report.run_id,
            attempt=report.attempt,
            causes=tuple(_CauseShape.of(c) for c in analysis.causes[:MOST_CAUSES]),
            author=_clean(analysis.author, most=400),
            usage=_UsageShape(
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cached_tokens=usage.cached_tokens,
            )
            if usage
            else None,
            notes=tuple(_clean(n, most=4_000) for n in analysis.notes[:_MOST_POINTS]),
            sources=tuple(_SourceShape.of(e) for e in report.sources[:MOST_SOURCES]),
        )

    def report(self) -> Report:
        usage = self.usage
        return Report(
            analysis=Analysis(
                causes=tuple(c.cause() for c in self.causes),
                author=str(redact(self.author)),
                usage=Usage(**usage.model_dump()) if usage else None,
                notes=tuple(str(redact(n)) for n in self.notes),
            ),
            sources=tuple(s.evidence() for s in self.sources),
            repository=self.repository,
            run_id=self.run_id,
            attempt=self.attempt,
        )
