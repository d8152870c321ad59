"""The two sealed text types of the corridor: what may leave, and what may be posted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Self

# Held by `safety` alone. A contract test reads the tree and fails on any other use.
SEAL: Final = object()


class _Sealed(str):
    """A string that only its own lock can make; every plain string operation drops the seal."""

    __slots__ = ()

    def __new__(cls, text: str, *, seal: object) -> Self:
        """Refuse anyone but the lock that owns `SEAL`."""
        if seal is not SEAL:
            raise TypeError(f"{cls.__name__} is made by gatepost.safety only")
        return super().__new__(cls, text)

    def head(self, count: int) -> Self:
        """Return the first `count` characters, still sealed: a part of safe text is safe."""
        return type(self)(self[:count], seal=SEAL)

    def pick(self, numbers: Iterable[int]) -> Self:
        """Return the lines with these 0-based numbers, in the order given, joined by newlines."""
        lines = self.split("\n")
        return type(self)("\n".join(lines[n] for n in numbers), seal=SEAL)

    @classmethod
    def join_all(cls, parts: Iterable[Self], *, between: str = "\n") -> Self:
        """Join sealed parts; `between` is the caller's own literal."""
        parts = tuple(parts)
        if any(type(part) is not cls for part in parts):
            raise TypeError(f"{cls.__name__}.join_all takes {cls.__name__} parts only")
        return cls(between.join(parts), seal=SEAL)


class Redacted(_Sealed):
    """Text without secrets. Made by `safety.redact` only; the one thing a model or artifact may receive."""

    __slots__ = ()


class SafeMarkdown(_Sealed):
    """Markdown that cannot act. Made by `safety.sanitise` only; the one thing a post may carry."""

    __slots__ = ()
