"""Gate: what do the security scanners find, and is any of it bad enough, new enough and unexcused?"""

from gatepost.gates.scan.gate import Scan, scan

__all__ = ["Scan", "scan"]
