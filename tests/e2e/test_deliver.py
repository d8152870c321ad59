"""deliver.yml really runs, called by a model repository: what passes, what stops, what is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.acting import acting
from tests.e2e.bench import ROOT, STAND_INS
from tests.e2e.delivery import REPOSITORY, SOURCE, WORKFLOW, Advisories, Delivery, Runner
from tests.e2e.tokens import permissions_of
from tests.servers.github import GitHub
from tests.servers.github.access import LEVELS

pytestmark = pytest.mark.timeout(900)  # every gate for real, on a machine that may be busy

LINKS = f"https://github.com/{REPOSITORY}/"
DELIVER = yaml.safe_load((ROOT / WORKFLOW).read_text("utf-8"))
QUERY = """

def rows_of(cursor, region):
    cursor.execute(f"SELECT * FROM customers WHERE region = '{region}'")
"""


@pytest.fixture
def delivery(tmp_path: Path, github: GitHub, runner: Runner) -> Iterator[Delivery]:
    with Advisories() as advisories:
        yield Delivery(folder=tmp_path, github=github, advisories=advisories, runner=runner)
    assert not advisories.faults


def edit(path: str, old: str, new: str):
    def change(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert text.count(old) == 1
        (root / path).write_text(text.replace(old, new))

    return change


def test_a_pull_request_passes_every_gate_and_its_one_comment_follows_it(delivery):
    repo = delivery.repo
    number = repo.add_pull(branch="change", files={"a.txt": "b"}).number

    good = delivery.propose(number, run=1)
    [comment] = repo.comments.values()
    told = comment.body
    change = edit("churn/train.py", "predicted = probability >= 0.5", "predicted = probability >= 0.4")
    delivery.commit("Count a customer as leaving from 0.4", change)
    query = delivery.root / "churn" / "features.py"
    delivery.commit("Read by region", lambda _: query.write_text(query.read_text("utf-8") + QUERY) and None)
    bad = delivery.propose(number, run=2)

    assert good.jobs == dict.fromkeys(("check", "scan", "train", "report"), "success"), good.log
    assert "Ready to deliver" in told
    assert "| accuracy |" in told
    assert "gitleaks" in told
    assert bad.jobs == {"check": "failure", "scan": "failure", "report": "success"}, bad.log
    assert list(repo.comments.values()) == [comment], "edited in place"
    assert "Delivery stopped by check" in comment.body
    assert "churn/features.py" in comment.body
    assert "SQL" in comment.body
    assert "| train | ➖ not reached" in comment.body
    assert acting(told, links=LINKS) + acting(comment.body, links=LINKS) == []
    assert delivery.advisories.asked("POST"), "the dependencies were asked about"
    assert not delivery.github.refusals


def test_a_model_below_its_threshold_stops_behind_its_training_and_the_commit_says_so(delivery):
    sha = delivery.commit("Regularise harder", edit("churn/train.py", '"C": 1.0', '"C": 0.0005'))

    outcome = delivery.push()

    assert outcome.jobs == {"check": "success", "scan": "success", "train": "failure", "report": "success"}
    [comment] = delivery.repo.commit_comments.values()
    assert comment.sha == sha
    assert "Delivery stopped by validate" in comment.body
    assert "accuracy" in comment.body
    assert "| train | ✅ passed" in comment.body
    assert not delivery.github.refusals


def test_the_report_may_comment_and_nothing_else_may_write():
    writes = {
        name: {p for p, level in permissions_of(DELIVER, job).items() if level == "write"}
        for name, job in DELIVER["jobs"].items()
    }

    assert {name: held for name, held in writes.items() if held} == {
        "image": {"packages"},
        "attest": {"attestations", "id-token", "packages"},
        "report": {"pull-requests"},
    }


def test_jobs_that_run_the_repositorys_code_hold_no_secret_but_those_of_the_services_they_use():
    for name in ("check", "scan", "train", "image"):
        used = set(re.findall(r"secrets\.(\w+)", str(DELIVER["jobs"][name])))
        own = {
            "image": {"REGISTRY_USERNAME", "REGISTRY_PASSWORD"},
            "scan": {"SNYK_TOKEN"},  # only with it are the dependencies installed there
        }.get(name, set())
        assert used <= {"MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"} | own


def test_every_job_installs_the_same_where_the_caller_says_nothing():
    default = DELIVER[True]["workflow_call"]["inputs"]["install"]["default"]
    steps = [step for job in DELIVER["jobs"].values() for step in job["steps"]]
    found = [step["env"]["INSTALL"] for step in steps if "INSTALL" in step.get("env", {})]

    assert found == [f"${{{{ inputs.install || '{default}' }}}}"] * 3


def test_the_ways_to_the_manifests_and_the_cluster_are_the_handoffs_alone():
    for name, job in DELIVER["jobs"].items():
        used = set(re.findall(r"secrets\.(\w+)", str(job))) & {
            "APP_PRIVATE_KEY",
            "ARGOCD_TOKEN",
            "KUBECONFIG",
        }
        assert bool(used) == (name == "handoff")


@pytest.mark.parametrize("name", ["deliver.yml", "retrain.yml"])
def test_a_caller_grants_what_deliver_declares(name):
    """GitHub does not start a called job that wants more than its caller has."""
    path = SOURCE / WORKFLOW if name == "deliver.yml" else ROOT / ".github" / "workflows" / name
    granted = yaml.safe_load(path.read_text("utf-8"))["jobs"]["deliver"]["permissions"]

    wanted = [item for job in DELIVER["jobs"].values() for item in permissions_of(DELIVER, job).items()]

    assert [p for p, level in wanted if LEVELS.index(granted.get(p, "none")) < LEVELS.index(level)] == []
    assert set(granted) == {permission for permission, _ in wanted}


def test_another_repository_needs_ten_lines():
    assert len((SOURCE / WORKFLOW).read_text("utf-8").splitlines()) <= 10


def test_no_step_gives_an_input_that_its_action_does_not_declare():
    steps = [step for job in DELIVER["jobs"].values() for step in job["steps"] if "uses" in step]
    for step in steps:
        name = step["uses"].partition("@")[0].rpartition("/")[2]
        if name == "checkout":  # act's own
            continue
        folder = ROOT / "actions" if step["uses"].startswith("$/") else STAND_INS
        declared = yaml.safe_load((folder / name / "action.yml").read_text("utf-8"))["inputs"]
        assert set(step.get("with", {})) <= set(declared), name
