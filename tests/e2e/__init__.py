"""Whole workflows, run by act against the local servers."""
