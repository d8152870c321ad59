"""A local Slack: an incoming webhook that remembers what it was sent."""

from __future__ import annotations

import json
from typing import Any

from tests.servers.http import LocalServer, Reply, Request

# Documented for incoming webhooks and message payloads at api.slack.com.
_TEXT_LIMIT = 40_000
_BLOCK_LIMIT = 50
_BLOCK_TEXT_LIMIT = 3_000


class Slack(LocalServer):
    """`webhook` is the address to post to; `messages` holds the accepted payloads."""

    def __init__(self) -> None:
        super().__init__()
        self.webhook = f"{self.url}/services/T0000/B0000/local"
        self.messages: list[dict[str, Any]] = []
        self.troubles: list[tuple[int, str]] = []
        """Status and text to answer next, one request each."""

    def answer(self, request: Request) -> Reply:
        if request.method != "POST" or not self.webhook.endswith(request.path):
            return Reply(status=404, body=b"no_service")
        if self.troubles:
            status, text = self.troubles.pop(0)
            return Reply(
                status=status, body=text.encode(), headers={"Retry-After": "1"} if status == 429 else {}
            )
        try:
            payload = json.loads(request.body)
        except ValueError:
            return Reply(status=400, body=b"invalid_payload")
        if problem := _problem(payload):
            self.fault(f"Slack would refuse the payload: {problem}")
            return Reply(status=400, body=problem.encode())
        self.messages.append(payload)
        return Reply(body=b"ok", headers={"Content-Type": "text/html"})


def _problem(payload: Any) -> str:
    """Name what Slack's documentation forbids, or return nothing."""
    if not isinstance(payload, dict) or not (payload.get("text") or payload.get("blocks")):
        return "no_text"
    if len(payload.get("text", "")) > _TEXT_LIMIT:
        return "msg_too_long"
    blocks = payload.get("blocks", [])
    if len(blocks) > _BLOCK_LIMIT:
        return "invalid_blocks: more than 50"
    for block in blocks:
        text = block.get("text") or {}
        if block.get("type") not in ("section", "header", "divider", "context", "actions", "image"):
            return f"invalid_blocks: type {block.get('type')!r}"
        if text and (text.get("type") not in ("mrkdwn", "plain_text") or not text.get("text")):
            return f"invalid_blocks: text {text!r}"
        if len(text.get("text", "")) > (150 if block["type"] == "header" else _BLOCK_TEXT_LIMIT):
            return "invalid_blocks: text is too long"
    return ""
