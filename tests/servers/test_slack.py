"""The local Slack takes what Slack documents, and refuses the rest."""

from __future__ import annotations

import pytest
import requests

from tests.servers.slack import Slack


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.parametrize("payload", [{"text": "hello"}, {"text": "hello", "blocks": [section("x" * 3000)]}])
def test_a_documented_message_is_taken(slack, payload):
    answer = requests.post(slack.webhook, json=payload, timeout=10)

    assert (answer.status_code, answer.text) == (200, "ok")
    assert slack.messages == [payload]


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("x" * 3001)]}, "too long"),
        ({"text": "x", "blocks": [section("x")] * 51}, "more than 50"),
        ({"text": "x", "blocks": [{"type": "html"}]}, "'html'"),
    ],
)
def test_what_slack_refuses_is_a_fault(payload, problem):
    with Slack() as slack:
        answer = requests.post(slack.webhook, json=payload, timeout=10)

        assert answer.status_code == 400
        assert problem in slack.faults[0]


def test_trouble_comes_on_demand(slack):
    slack.troubles = [(429, "rate_limited"), (500, "server_error")]

    answers = [requests.post(slack.webhook, json={"text": "x"}, timeout=10).status_code for _ in range(3)]

    assert answers == [429, 500, 200]
