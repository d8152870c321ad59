"""What several verbs wire alike: the client, the secrets to blank, and a word on progress."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

from gatepost.errors import ConfigError

if TYPE_CHECKING:
    from gatepost.clients.github import GitHub
from gatepost.clients.http import Limits

_GITHUB = "https://github.com"
_TOKENS = ("GATEPOST_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN")
_SECRET_NAME = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|WEBHOOK|CREDENTIAL"
)
_SECRET_MIN = 8

_DEADLINE_S = 300.0
"""For all that is asked of GitHub: half of the ten minutes that our own workflow gives a job."""


def in_actions(env: Mapping[str, str]) -> bool:
    """Whether this is a step of a GitHub Actions job."""
    return env.get("GITHUB_ACTIONS") == "true"


def token_of(env: Mapping[str, str]) -> str:
    """Return the GitHub token: the action's input, else what a person's shell has."""
    return next((env[name].strip() for name in _TOKENS if env.get(name, "").strip()), "")


def server_of(env: Mapping[str, str]) -> str:
    """Where people browse: github.com, or the Enterprise Server of this environment."""
    return env.get("GITHUB_SERVER_URL", "").rstrip("/") or _GITHUB


def open_hub(env: Mapping[str, str], *, repository: str, server: str = "") -> GitHub:
    """
    Open the client for one repository.

    A link's host decides nothing by itself: the token goes to the server of this environment only.
    """
    from gatepost.clients.github import GitHub  # noqa: PLC0415 - a gate without GitHub starts in half the time

    own = server_of(env)
    if server and urlsplit(server).netloc.lower() != urlsplit(own).netloc.lower():
        raise ConfigError(
            f"the link leads to {server}, but this environment's server is {own}",
            fix="for GitHub Enterprise set GITHUB_SERVER_URL and GITHUB_API_URL to its addresses",
        )
    default = "https://api.github.com" if own == _GITHUB else f"{own}/api/v3"
    api_url = env.get("GITHUB_API_URL", "").rstrip("/") or default
    return GitHub(repository, token=token_of(env), api_url=api_url, limits=Limits(deadline_s=_DEADLINE_S))


def secrets_of(env: Mapping[str, str]) -> frozenset[str]:
    """Return the values of this environment that must never be repeated, by the names they have."""
    return frozenset(
        value.strip()
        for name, value in env.items()
        if _SECRET_NAME.search(name.upper()) and len(value.strip()) >= _SECRET_MIN
    )


@dataclass(slots=True)
class Progress:
    """Counts what was read on a person's terminal; silent anywhere else."""

    stream: TextIO
    total: int = 0
    _done: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def say(self, text: str) -> None:
        """Replace the line shown; `text` is our own words."""
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{text}")
            self.stream.flush()

    def step(self, _: str = "") -> None:
        """Count one log read."""
        with self._lock:
            self._done += 1
            self.say(f"reading logs: {self._done} of {self.total}")

    def end(self) -> None:
        """Leave an empty line for the answer."""
        self.say("")
