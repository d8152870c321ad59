"""
Every way gatepost stops early.

    GatepostError            exit  meaning
    +- ConfigError              2  the caller must change an input
    +- UpstreamError            3  a service we depend on failed; retrying may help
    +- RefusedError             4  we could go on, but it would be unsafe

A gate that finds problems does not raise: it returns a failing `Verdict`, and
the command exits 1.
"""

from __future__ import annotations


class GatepostError(Exception):
    """
    An expected failure, shown to the reader as a message instead of a traceback.

    `what` is what happened, as one sentence with the offending value in it.
    `fix` is the next thing to try. Both are required: an error that cannot say
    what to do next is not finished.
    """

    exit_code = 1

    def __init__(self, what: str, *, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}"


class ConfigError(GatepostError):
    """An input is missing, malformed or contradicts another."""

    exit_code = 2


class UpstreamError(GatepostError):
    """GitHub, Gemini, MLflow, a registry or a tool did not answer as documented."""

    exit_code = 3


class RefusedError(GatepostError):
    """Continuing would leak a secret, run untrusted code or skip a gate."""

    exit_code = 4
