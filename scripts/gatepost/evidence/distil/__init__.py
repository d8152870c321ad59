"""From any log, the few lines that state the cause: one pass, bounded memory, best first."""

from gatepost.evidence.distil.distillate import Distillate, KeptLine, Recognised
from gatepost.evidence.distil.engine import distil

__all__ = ["Distillate", "KeptLine", "Recognised", "distil"]
