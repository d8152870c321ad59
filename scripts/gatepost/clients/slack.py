"""Slack: one message through an incoming webhook. The webhook's address is the secret."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from gatepost.clients.http import Http, Limits
from gatepost.errors import ConfigError, UpstreamError

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Slack:
    """One channel, as its webhook knows it."""

    def __init__(self, webhook: str, *, limits: Limits | None = None) -> None:
        parts = urlsplit(webhook)
        if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
            raise ConfigError(
                "the Slack webhook is not an https address",
                fix="pass the address that Slack shows for the incoming webhook, as a secret",
            )
        self._path = parts.path
        origin = f"{parts.scheme}://{parts.netloc}"
        self._http = Http(base_url=origin, limits=limits or Limits(deadline_s=30.0))

    def send(self, message: Mapping[str, object]) -> None:
        """Post one message. No error repeats the address."""
        try:
            answer = self._http.fetch("POST", self._path, json=message)
        except UpstreamError:
            raise UpstreamError("Slack was not reached", fix="check the webhook and the network") from None
        if answer.ok:
            return
        said = " ".join(answer.body[:80].decode("utf-8", errors="replace").split())
        if answer.status in (401, 403, 404, 410):
            raise ConfigError(
                f"Slack does not know the webhook ({answer.status} {said})",
                fix="make a new incoming webhook and renew the secret",
            )
        raise UpstreamError(f"Slack refused the message ({answer.status} {said})", fix="try again later")
