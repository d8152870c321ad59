"""Gate: does the repository's own training run, within limits, and leave what it promised?"""

from gatepost.gates.train.gate import Trained, train

__all__ = ["Trained", "train"]
