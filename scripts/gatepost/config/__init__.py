"""The repository's own settings, `.gatepost.yml`, and what the environment overrides."""

from gatepost.config.file import FILE, parse, read
from gatepost.config.scan import Scan, Suppression
from gatepost.config.settings import Budget, Config, Model, Posting, Route

__all__ = ["FILE", "Budget", "Config", "Model", "Posting", "Route", "Scan", "Suppression", "parse", "read"]
