"""The nouns. Everything else in the package is a verb on one of these."""

from gatepost.model.analysis import Analysis, Cause, FailureType, Post, Quote, Usage
from gatepost.model.deliver import Finding, Level, Verdict
from gatepost.model.evidence import Evidence, EvidenceKind, Facts, Place
from gatepost.model.signal import Run, Signal

__all__ = [
    "Analysis",
    "Cause",
    "Evidence",
    "EvidenceKind",
    "Facts",
    "FailureType",
    "Finding",
    "Level",
    "Place",
    "Post",
    "Quote",
    "Run",
    "Signal",
    "Usage",
    "Verdict",
]
