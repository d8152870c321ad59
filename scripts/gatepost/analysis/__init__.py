"""Analysts: a `Dossier` becomes an `Analysis`, by rules or by a model, with every citation checked."""
