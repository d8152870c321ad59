"""The same flaw found by two tools is one flaw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gatepost.gates.scan.flaw import Flaw

# What each tool calls the weaknesses that more than one of them finds, as CWE numbers that a
# person would call one flaw: deserialising untrusted data, running commands, running code.
SAME_WEAKNESS = {
    95: 94,  # eval injection is code injection
    77: 78,  # command injection in general, in a shell
    88: 78,  # through arguments
    259: 798,  # a hard-coded password is a hard-coded credential
    321: 798,  # so is a hard-coded key
    20: 0,  # "improper input validation" says nothing
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One flaw and everyone who found it; `flaws[0]` speaks for it."""

    flaws: tuple[Flaw, ...]

    @property
    def first(self) -> Flaw:
        """The worst account of the flaw; of equals, the one whose tool was asked first."""
        return max(self.flaws, key=lambda f: f.severity)

    @property
    def tools(self) -> tuple[str, ...]:
        """Each tool once, in the order asked."""
        return tuple(dict.fromkeys(f.tool for f in self.flaws))


def merge(flaws: Iterable[Flaw]) -> list[Merged]:
    """
    Group by what is flawed, in order of first sight.

    For a dependency that is the advisory and the package, for code the line and the weakness. A
    flaw without a weakness number joins nothing but its own rule.
    """
    groups: dict[tuple[object, ...], list[Flaw]] = {}
    for flaw in flaws:
        groups.setdefault(_key(flaw), []).append(flaw)
    return [Merged(flaws=tuple(group)) for group in groups.values()]


def _key(flaw: Flaw) -> tuple[object, ...]:
    weakness = SAME_WEAKNESS.get(flaw.cwe, flaw.cwe)
    if weakness and flaw.line:
        return ("code", flaw.path, flaw.line, flaw.subject, weakness)
    return ("rule", flaw.path, flaw.line, flaw.subject, flaw.rule)
