"""Signals: a payload from outside becomes a `Signal`."""
