"""The logs of failed jobs: whatever state they are in, each gives evidence or a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gatepost.clients.github import GitHub as Hub
from gatepost.config import Budget
from gatepost.evidence.green import LastGreen
from gatepost.evidence.job_logs import JobLogs, failed_jobs
from gatepost.model import Evidence, EvidenceKind
from gatepost.signals.address import Address
from gatepost.signals.run import read_jobs, read_run
from tests import scenarios
from tests.scenarios import AT, PYTEST_LOG, Stage
from tests.servers.github import Job


def collect(stage: Stage, *, known: tuple[str, ...] = ()) -> list[Evidence]:
    hub = Hub("acme/model", token=stage.reads(), api_url=stage.github.url)
    address = Address(repository="acme/model", run_id=stage.run.id)
    reading = read_run(hub, address)
    jobs = failed_jobs(read_jobs(hub, address, attempt=reading.signal.attempt))
    green = LastGreen(hub=hub, failed=reading.payload, default_branch=reading.signal.default_branch)
    return list(JobLogs(hub=hub, jobs=jobs, green=green, budget=Budget(), known=known).collect())


def only(stage: Stage, **more: tuple[str, ...]) -> Evidence:
    (found,) = [e for e in collect(stage, **more) if e.kind is EvidenceKind.LOG]
    return found


def logs(stage: Stage) -> list[Evidence]:
    return [e for e in collect(stage) if e.kind is EvidenceKind.LOG]


def with_logs(github, logs: Mapping[str, str | bytes | None]) -> Stage:
    return scenarios.default_branch_failure(github, logs=logs)


def test_the_lines_that_prove_it_are_kept_with_their_numbers(github):
    found = only(with_logs(github, {"test": PYTEST_LOG}))

    kept = dict(zip(found.line_numbers, found.body.split("\n"), strict=True))
    assert kept[14] == "E       assert 5 == 6"
    assert found.facts is not None
    assert found.facts.step == "Run pytest"
    assert ("tests/test_model.py", 5) in [(p.path, p.line) for p in found.facts.places]


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (None, "re-run the job"),
        (b"", "The log is empty."),
        (b"\n\n  \n", "no readable text"),
    ],
    ids=["expired", "empty", "blank"],
)
def test_a_log_that_says_nothing_costs_a_sentence(github, log, said):
    found = only(with_logs(github, {"test": log}))

    assert not found.body
    assert said in found.note


def test_a_log_that_never_was_costs_a_sentence(github):
    stage = with_logs(github, {"test": None})
    stage.run.attempts[1][0].log_status = 404

    assert "cannot be read" in only(stage).note


def test_a_download_that_breaks_off_is_read_as_far_as_it_came(github):
    noise = "".join(f"step {number} of many is being done\n" for number in range(60_000))
    stage = with_logs(github, {"test": PYTEST_LOG + noise})
    stage.run.attempts[1][0].log_cut = 1_500_000

    found = only(stage)

    assert "read in part" in found.note
    assert "broke off" in found.note
    assert "assert 5 == 6" in found.body


def test_a_download_that_breaks_off_at_once_costs_a_sentence(github):
    stage = with_logs(github, {"test": PYTEST_LOG})
    stage.run.attempts[1][0].log_cut = 0

    found = only(stage)

    assert "cannot be read" in found.note
    assert not found.body


def test_a_binary_log_is_no_reason_to_stop(github):
    found = only(with_logs(github, {"test": bytes(range(256)) * 200}))

    assert found.kind is EvidenceKind.LOG
    assert "binary data, not text" in found.note


def test_a_cancelled_run_shows_what_it_was_doing(github):
    stage = with_logs(github, {"test": "2026-11-20T10:00:00.0000000Z Fetching the data\n"})
    stage.run.attempts[1][0].conclusion = "cancelled"

    assert "cancelled" in only(stage).note


def test_jobs_cancelled_because_another_failed_are_left_out(github):
    stage = with_logs(github, {"a": PYTEST_LOG, "b": PYTEST_LOG})
    stage.run.attempts[1][1].conclusion = "cancelled"

    assert [e.subject for e in logs(stage)] == ["a"]


def test_a_matrix_that_fails_alike_is_one_piece_of_evidence_with_every_job_named(github):
    names = [f"test (3.{n}, shard {n})" for n in range(256)]
    stage = with_logs(
        github, {name: PYTEST_LOG.replace("0.05s", f"0.{n:03}s") for n, name in enumerate(names)}
    )

    found = only(stage)

    assert [found.subject, *found.alike] == names


def test_jobs_that_fail_differently_stay_apart(github):
    other = PYTEST_LOG.replace("assert 5 == 6", "KeyError: 'x'")
    stage = with_logs(github, {"a": PYTEST_LOG, "b": other, "c": PYTEST_LOG})

    assert [(e.subject, e.alike) for e in logs(stage)] == [("a", ("c",)), ("b", ())]


def test_two_jobs_of_one_name_can_be_cited_apart(github):
    stage = with_logs(github, {"test": PYTEST_LOG})
    stage.run.attempts[1].append(
        Job(name="test", log=b"npm ERR! missing script: build\n", started=AT, completed=AT)
    )

    assert [e.name for e in logs(stage)] == ["log:test", "log:test [2]"]


def test_the_passing_log_of_the_same_job_is_read_too(github):
    stage = with_logs(github, {"test": PYTEST_LOG})
    green = next(r for r in stage.repo.runs.values() if r.conclusion == "success")

    collect(stage)

    assert github.asked("GET", f"/actions/jobs/{green.attempts[1][0].id}/logs")


def test_an_expired_passing_log_changes_nothing(github):
    stage = with_logs(github, {"test": PYTEST_LOG})
    green = next(r for r in stage.repo.runs.values() if r.conclusion == "success")
    green.attempts[1][0].log = None

    assert "assert 5 == 6" in only(stage).body


def test_versions_that_changed_since_it_was_green_are_told(github):
    stage = with_logs(github, {"test": "Successfully installed numpy-2.0.0 pandas-2.2.0\n" + PYTEST_LOG})
    green = next(r for r in stage.repo.runs.values() if r.conclusion == "success")
    green.attempts[1][0].log = b"Successfully installed numpy-1.26.4 pandas-2.2.0\n"

    (changed,) = [e for e in collect(stage) if e.kind is EvidenceKind.CHANGES]

    assert "package numpy: 1.26.4 -> 2.0.0 (test)" in changed.body
    assert "pandas" not in changed.body


def test_a_known_secret_is_in_nothing_that_leaves(github):
    secret = "correct-horse-battery"
    log = PYTEST_LOG.replace("assert 5 == 6", f"assert '{secret}' == 6")
    stage = with_logs(github, {f"test {secret}": log})

    found = only(stage, known=(secret,))

    assert "assert" in found.body
    assert secret not in repr(found)


def test_a_private_key_that_spans_lines_is_blanked(github):
    key = "\n".join(
        [
            "-----BEGIN RSA PRIVATE KEY-----",
            *("Zm9vYmFy" * 8 for _ in range(6)),
            "-----END RSA PRIVATE KEY-----",
        ]
    )
    found = only(with_logs(github, {"test": f"error: cannot parse\n{key}\nerror: exit 1\n"}))

    assert "Zm9vYmFy" * 8 not in found.body


def test_no_log_is_asked_for_that_did_not_fail(github):
    stage = with_logs(github, {"test": PYTEST_LOG})
    passed = Job(name="lint", conclusion="success", log=b"fine", started=AT, completed=AT)
    stage.run.attempts[1].append(passed)

    collect(stage)

    assert not github.asked("GET", f"/actions/jobs/{passed.id}/logs")
