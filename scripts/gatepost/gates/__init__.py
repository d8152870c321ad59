"""Delivery gates: each reads the world, changes nothing but what it declares, and returns a `Verdict`."""
