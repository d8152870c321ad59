"""Each job declares what it needs: with less a request is refused, and nothing it declares is unused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests import scenarios
from tests.e2e.bench import Bench
from tests.e2e.test_workflow import CALLER, OWN, SINGLE
from tests.scenarios import Stage
from tests.servers.gemini import Gemini
from tests.servers.github import GitHub
from tests.servers.github.access import LEVELS, Token
from tests.servers.slack import Slack


def declared(workflow: Path) -> list[tuple[str, str, str]]:
    jobs = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]
    return [
        (name, permission, level)
        for name, job in jobs.items()
        for permission, level in job["permissions"].items()
    ]


def pulled(github: GitHub, name: str) -> Iterator[Stage]:
    """Fail on a pull request, then pass there."""
    stage = scenarios.pull_failure(github, name=name)
    yield stage
    yield scenarios.later_green(stage)


def pushed(github: GitHub, name: str) -> Iterator[Stage]:
    """Fail on a branch of its own, and again in a second attempt."""
    stage = scenarios.branch_failure(github, name=name)
    yield stage
    again = scenarios.failed_jobs({"test": scenarios.PYTEST_LOG})
    stage.repo.add_attempt(stage.run, jobs=again, conclusion="failure")
    yield stage


def broken(github: GitHub, name: str) -> Iterator[Stage]:
    """Break the default branch."""
    yield scenarios.default_branch_failure(github, name=name)


SCENES = (pulled, pushed, broken)

# Where a permission is needed, if not on a pull request.
NEEDED_IN = {("post", "contents"): pushed, ("post", "issues"): broken}


@pytest.fixture(scope="module", params=[OWN, SINGLE], ids=lambda p: p.stem)
def used(request, tmp_path_factory) -> tuple[Path, dict[str, list[Token]]]:
    """Run every stage once; return the tokens of each job."""
    tokens: dict[str, list[Token]] = {}
    name = "acme/gatepost" if request.param is OWN else "acme/model"
    with GitHub() as github, Gemini() as gemini, Slack() as slack:
        folder, kept = tmp_path_factory.mktemp("bench"), tmp_path_factory.mktemp("runner")
        bench = Bench(folder=folder, github=github, gemini=gemini, slack=slack, kept=kept)
        for stage in (stage for scene in SCENES for stage in scene(github, name)):
            outcome = bench.run(request.param, event=stage.event, repository=name)
            assert set(outcome.jobs.values()) == {"success"}, outcome.log
            for job, token in bench.jobs.tokens.items():
                tokens.setdefault(job, []).append(token)
        assert not [*github.faults, *github.refusals]
    return request.param, tokens


def test_no_declared_permission_is_unused(used):
    workflow, tokens = used

    for job, permission, level in declared(workflow):
        less = LEVELS[LEVELS.index(level) - 1]
        assert not all(t.without(permission, less) for t in tokens[job]), (
            f"{job}: {permission}: {less} is enough"
        )


@pytest.mark.parametrize(("job", "permission", "level"), declared(OWN))
def test_a_missing_permission_is_refused(bench, job, permission, level):
    name = "acme/gatepost"
    less = {f"{job}/{permission}": LEVELS[LEVELS.index(level) - 1]}

    for stage in NEEDED_IN.get((job, permission), pulled)(bench.github, name):
        outcome = bench.run(OWN, event=stage.event, repository=name, less=less)
        if bench.github.refusals:
            break

    assert any(f"{permission}: {level}" in text for text in bench.github.refusals), outcome.log
    told = rf"{permission.replace('-', '[-_]')}(=|: ){level}"
    assert re.search(told, outcome.log), "the reader is told what to grant"
    # Without the run's jobs there is nothing to explain; without anything else there is.
    assert (outcome.jobs.get("explain") == "failure") == ((job, permission) == ("explain", "actions"))


def test_a_caller_that_grants_less_is_refused(bench, tmp_path):
    text = CALLER.read_text("utf-8").replace("issues: write", "issues: read")
    (tmp_path / "caller.yml").write_text(text)
    stage = scenarios.pull_failure(bench.github, name="other/model")

    with pytest.raises(AssertionError, match="job post is requesting issues: 'write'"):
        bench.run(tmp_path / "caller.yml", event=stage.event, repository="other/model")
