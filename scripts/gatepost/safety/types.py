"""The two sealed text types of the corridor: what may leave, and what may be posted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NoReturn, Self, SupportsIndex

# Held by `safety` alone. A contract test reads the tree and fails on any other use.
SEAL: Final = object()


class _Sealed(str):
    """
    A string that only its own lock can make; every plain string operation drops the seal.

    Copying hands back the same object; pickles are refused, as whoever can write one could forge it.
    """

    __slots__ = ()

    def __new__(cls, text: str, *, seal: object) -> Self:
        """Refuse anyone but the lock that owns `SEAL`."""
        if seal is not SEAL:
            raise TypeError(f"{cls.__name__} is made by gatepost.safety only")
        return super().__new__(cls, text)

    def __init_subclass__(cls) -> None:
        """Refuse types from elsewhere, which could pass for a sealed one."""
        if cls.__module__ != __name__:
            raise TypeError(f"{cls.__name__} cannot extend a sealed type")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError(f"{type(self).__name__} cannot be pickled; write it as text and seal it again")

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

    def head(self, count: int) -> Self:
        """Return the first `count` characters, still sealed: a part of safe text is safe."""
        return type(self)(self[:count], seal=SEAL)

    def pick(self, numbers: Iterable[int]) -> Self:
        """Return the lines with these 0-based numbers, in the order given, joined by newlines."""
        lines = self.split("\n")
        return type(self)("\n".join(lines[n] for n in numbers), seal=SEAL)


class SafeMarkdown(_Sealed):
    """
    Markdown that cannot act. Made by `safety.sanitise` only; the one thing a post may carry.

    It has no `head` and no `pick`: a cut can open a code fence or end a quote. `shorten` cuts it.
    """

    __slots__ = ()
