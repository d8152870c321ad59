"""Gate: does the code read well, and do its tests pass?"""

from gatepost.gates.check.gate import Checked, check

__all__ = ["Checked", "check"]
