"""A message reaches the channel once, and no error repeats the webhook's address."""

from __future__ import annotations

import pytest

from gatepost.clients.http import Limits
from gatepost.clients.slack import Slack
from gatepost.errors import ConfigError, GatepostError, UpstreamError
from tests.servers.slack import Slack as Server

MESSAGE = {"text": "hello"}


def test_a_message_arrives(slack: Server) -> None:
    Slack(slack.webhook).send(MESSAGE)

    assert slack.messages == [MESSAGE]


def test_a_busy_slack_is_waited_for(slack: Server) -> None:
    slack.troubles = [(429, "slow down")]

    Slack(slack.webhook).send(MESSAGE)

    assert slack.messages == [MESSAGE]


@pytest.mark.parametrize(
    ("status", "kind"), [(404, ConfigError), (410, ConfigError), (403, ConfigError), (500, UpstreamError)]
)
def test_a_refusal_says_what_to_do_without_the_address(
    slack: Server, status: int, kind: type[GatepostError]
) -> None:
    slack.troubles = [(status, "no_service")] * 5

    with pytest.raises(kind) as caught:
        Slack(slack.webhook, limits=Limits(deadline_s=2.0)).send(MESSAGE)

    assert "services" not in str(caught.value)


def test_an_unreachable_slack_does_not_repeat_the_address() -> None:
    with pytest.raises(UpstreamError) as caught:
        Slack("http://127.0.0.1:9/services/T/B/secret").send(MESSAGE)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "webhook", ["", "hooks.slack.com/services/T", "http://hooks.slack.com/x", "file:///etc"]
)
def test_what_is_no_webhook_is_refused(webhook: str) -> None:
    with pytest.raises(ConfigError, match="not an https address"):
        Slack(webhook)
