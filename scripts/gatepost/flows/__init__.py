"""Wiring: which collectors, prompts, gates and posts make up each verb."""
