"""The two locks of the corridor, and the limits around it. Untrusted text goes in; sealed text comes out."""

from gatepost.safety.chart import chart
from gatepost.safety.fence import Fenced, fence
from gatepost.safety.redaction import redact, redact_stream
from gatepost.safety.sanitise import sanitise, shorten
from gatepost.safety.types import Redacted, SafeMarkdown

__all__ = [
    "Fenced",
    "Redacted",
    "SafeMarkdown",
    "chart",
    "fence",
    "redact",
    "redact_stream",
    "sanitise",
    "shorten",
]
