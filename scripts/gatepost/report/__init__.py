"""The report that travels from the job that reads to the job that posts: structured, redacted, bounded."""

from gatepost.report.contents import Report, build
from gatepost.report.wire import dump, load

__all__ = ["Report", "build", "dump", "load"]
