"""Gate: is the model good enough, and is it better than the one that serves now?"""

from gatepost.gates.validate.gate import Decision, Validated, validate

__all__ = ["Decision", "Validated", "validate"]
