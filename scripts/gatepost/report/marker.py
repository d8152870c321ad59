"""
The hidden line at the end of each of our posts: what the next run needs to know about this one.

Anyone can write such a line, so it is read only from posts of our own login, and read strictly. The
sanitiser lets no comment through, so no text inside a post can pose as it.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gatepost.model import Cause, FailureType
from gatepost.report.earlier import Earlier
from gatepost.safety import redact

MOST_BYTES = 8_000
"""Of the whole line; explanations that do not fit are left out, oldest first."""

_MOST_UNPACKED = 200_000
_MOST_SEEN = 40
_LINE = re.compile(r"\n?<!-- gatepost v1 ([A-Za-z0-9+/]{1,16000}={0,2}) -->\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How often one failure was met in one conversation."""

    count: int
    """Runs; attempts of one run are not counted again."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What one post remembers."""

    key: str
    """`Post.key`: which conversation it is."""

    run_id: int
    """The run the post shows now."""

    attempt: int
    fingerprints: tuple[str, ...] = ()
    """Of the causes the post shows now."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    """By fingerprint, those of earlier runs too."""

    resolved: bool = False
    earlier: tuple[Earlier, ...] = ()
    """A model's explanations, for the next run with the same failure."""

    def line(self) -> str:
        """Write it, within `MOST_BYTES`."""
        kept = sorted(self.earlier, key=lambda e: e.at, reverse=True)
        while True:
            data = _Shape.of(replace(self, earlier=tuple(kept))).model_dump_json(exclude_defaults=True)
            packed = base64.b64encode(zlib.compress(data.encode(), 9)).decode()
            line = f"<!-- gatepost v1 {packed} -->"
            if len(line) <= MOST_BYTES or not kept:
                return line
            kept.pop()

    def after(self, *, run_id: int, attempt: int, fingerprints: tuple[str, ...], at: datetime) -> Self:
        """Return what the post remembers once it shows another run, or another attempt of this one."""
        known = dict(self.seen)
        again = run_id == self.run_id
        for name in fingerprints:
            was = known.get(name)
            if was is None:
                known[name] = Seen(count=1, first=at, last=at)
            elif not (again and name in self.fingerprints):
                known[name] = Seen(count=was.count + 1, first=was.first, last=max(was.last, at))
        newest = sorted(known.items(), key=lambda item: item[1].last, reverse=True)[:_MOST_SEEN]
        return replace(
            self,
            run_id=run_id,
            attempt=attempt,
            fingerprints=fingerprints,
            seen=dict(newest),
            resolved=False,
        )


def read(body: str) -> Marker | None:
    """Read the marker of a post of our own; `None` when there is none, or not one of ours."""
    if not (found := _LINE.search(body)):
        return None
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(found[1], validate=True), _MOST_UNPACKED)
        return None if unpacker.unconsumed_tail else _Shape.model_validate_json(data).marker()
    except (ValueError, zlib.error, ValidationError):
        return None


def without(body: str) -> str:
    """Return the post as people see it."""
    return _LINE.sub("", body)


def fresh(markers: tuple[Marker, ...], *, since: datetime) -> dict[str, Earlier]:
    """Collect, by fingerprint, the newest explanation of each failure that is not older than `since`."""
    found: dict[str, Earlier] = {}
    for item in sorted((e for m in markers for e in m.earlier), key=lambda e: e.at):
        if item.at >= since and item.cause.fingerprint:
            found[item.cause.fingerprint] = item
    return found


def window(at: datetime, *, days: int) -> datetime:
    """Return the moment before which an explanation is too old to be shown again."""
    return at - timedelta(days=days)


_Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,64}$")]
_Line = Annotated[str, StringConstraints(max_length=400)]
_Words = Annotated[str, StringConstraints(max_length=4_000)]
_Count = Annotated[int, Field(ge=0, le=10**12)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _SeenShape(_Strict):
    count: _Count
    first: AwareDatetime
    last: AwareDatetime


class _EarlierShape(_Strict):
    fingerprint: _Hex
    failure: FailureType
    title: _Line
    why: _Words = ""
    fix: _Words = ""
    details: Annotated[tuple[_Words, ...], Field(max_length=10)] = ()
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    author: _Line
    at: AwareDatetime

    @classmethod
    def of(cls, item: Earlier) -> Self:
        cause = item.cause
        return cls(
            fingerprint=cause.fingerprint,
            failure=cause.failure,
            title=cause.title[:400],
            why=cause.why[:4_000],
            fix=cause.fix[:4_000],
            details=tuple(d[:4_000] for d in cause.details[:10]),
            confidence=cause.confidence,
            author=item.author[:400],
            at=item.at,
        )

    def earlier(self) -> Earlier:
        cause = Cause(
            failure=self.failure,
            title=str(redact(self.title)),
            why=str(redact(self.why)),
            fix=str(redact(self.fix)),
            subjects=(),
            fingerprint=self.fingerprint,
            confidence=self.confidence,
            details=tuple(str(redact(d)) for d in self.details),
        )
        return Earlier(cause=cause, author=str(redact(self.author)), at=self.at)


class _Shape(_Strict):
    version: Literal[1]
    key: _Hex
    run_id: _Count
    attempt: _Count
    fingerprints: Annotated[tuple[_Hex, ...], Field(max_length=64)] = ()
    seen: Annotated[dict[_Hex, _SeenShape], Field(max_length=_MOST_SEEN)] = {}
    resolved: bool = False
    earlier: Annotated[tuple[_EarlierShape, ...], Field(max_length=40)] = ()

    @classmethod
    def of(cls, marker: Marker) -> Self:
        return cls(
            version=1,
            key=marker.key,
            run_id=marker.run_id,
            attempt=marker.attempt,
            fingerprints=marker.fingerprints[:64],
            seen={
                name: _SeenShape(count=s.count, first=s.first, last=s.last) for name, s in marker.seen.items()
            },
            resolved=marker.resolved,
            earlier=tuple(_EarlierShape.of(e) for e in marker.earlier[:40]),
        )

    def marker(self) -> Marker:
        return Marker(
            key=self.key,
            run_id=self.run_id,
            attempt=self.attempt,
            fingerprints=self.fingerprints,
            seen={name: Seen(count=s.count, first=s.first, last=s.last) for name, s in self.seen.items()},
            resolved=self.resolved,
            earlier=tuple(e.earlier() for e in self.earlier),
        )
