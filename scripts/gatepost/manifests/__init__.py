"""Manifests repositories: find and change one value without touching another byte."""
