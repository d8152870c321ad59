"""Measurements of what the project claims, with peers beside ours in the same run."""
