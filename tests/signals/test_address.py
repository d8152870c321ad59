"""Which run is meant."""

from __future__ import annotations

import json

import pytest

from gatepost.errors import ConfigError
from gatepost.signals.address import Address, from_event, from_link, from_run_id
from tests import scenarios

RUN = "https://github.com/o/r.x/actions/runs/12"


@pytest.mark.parametrize(
    ("link", "attempt", "job"),
    [
        (RUN, 0, 0),
        (f"{RUN}/", 0, 0),
        (f"{RUN}/attempts/2", 2, 0),
        (f"{RUN}/job/9", 0, 9),
        (f"{RUN}/jobs/9", 0, 9),
        (f"{RUN}/attempts/3/job/9", 3, 9),
        (f"{RUN}/job/9#step:4:12", 0, 9),
        (f"{RUN}/job/9?pr=3", 0, 9),
        (f"{RUN}/workflow", 0, 0),
    ],
)
def test_what_the_browser_shows_is_understood(link, attempt, job):
    assert from_link(link) == Address(
        repository="o/r.x", run_id=12, attempt=attempt, job_id=job, server="https://github.com"
    )


def test_an_enterprise_server_is_kept_and_a_password_in_the_link_is_not():
    assert (
        from_link("https://user:pw@ghe.example:8443/o/r/actions/runs/1").server == "https://ghe.example:8443"
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://github.com/o/r/actions",
        "https://github.com/o/r/actions/runs/x",
        "https://github.com/o/actions/runs/1",
        "https://github.com/o/r/../../actions/runs/1",
        "ftp://github.com/o/r/actions/runs/1",
        "https:///o/r/actions/runs/1",
        "https://github.com/o/r/actions/runs/" + "1" * 40,
        "https://github.com/o/../actions/runs/1",
    ],
)
def test_another_address_is_refused_with_the_shape_wanted(link):
    with pytest.raises(ConfigError, match="not the address of a run") as caught:
        from_link(link)

    assert "/actions/runs/" in caught.value.fix


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "1; rm"])
def test_a_run_id_is_a_number(text):
    with pytest.raises(ConfigError, match="not a number"):
        from_run_id(text, repository="o/r")


@pytest.mark.parametrize("name", ["", "o", "o/r/x", "../r", "o/..", "o/r?x=1", "o/r\n"])
def test_a_repository_is_owner_and_name(name):
    with pytest.raises(ConfigError, match="is not `owner/name`"):
        from_run_id("1", repository=name)


def test_the_event_tells_the_run_its_attempt_and_the_default_branch(github):
    stage = scenarios.pull_failure(github)
    stage.repo.default_branch = "trunk"

    told = from_event(json.dumps(stage.event).encode(), repository="acme/model")

    assert told.address == Address(repository="acme/model", run_id=stage.run.id, attempt=1)
    assert told.run is not None
    assert told.run.head_sha == stage.run.head_sha
    assert told.default_branch == "trunk"


@pytest.mark.parametrize(
    "event", [b"", b"[]", b"{}", b'{"workflow_run": {"id": "x"}}', b"[" * 100_000, b"\xff"]
)
def test_an_event_without_a_run_says_how_to_start_the_job(event):
    with pytest.raises(ConfigError, match="names no workflow run") as caught:
        from_event(event, repository="o/r")

    assert "workflow_run" in caught.value.fix
