"""Check runs and their annotations; a job is a check run with the job's own id."""

from __future__ import annotations

from tests.servers.github.bodies import runs
from tests.servers.github.calls import Call, Refusal, route
from tests.servers.github.routes.actions import _job
from tests.servers.github.state import Run
from tests.servers.http import Reply

_READ = "checks: read"


def _listed(call: Call, found: list[Run]) -> Reply:
    wanted = call.request.query
    jobs = [
        runs.check_run(job, known, call.repo, call.at)
        for known in found
        for job in known.attempts[known.attempt]
        if wanted.get("check_name") in (None, job.name)
        and wanted.get("status") in (None, "completed" if job.conclusion is not None else "in_progress")
    ]
    return call.page(jobs, key="check_runs")


@route("GET", "/commits/{ref}/check-runs", _READ)
def list_for_commit(call: Call) -> Reply:
    commit = call.repo.find_commit(call.values["ref"])
    if commit is None:
        raise Refusal(422, f"No commit found for SHA: {call.values['ref']}")
    return _listed(call, [r for r in call.repo.runs.values() if r.head_sha == commit.sha])


@route("GET", "/check-suites/{check_suite_id}/check-runs", _READ)
def list_for_suite(call: Call) -> Reply:
    found = call.repo.runs.get(int(call.values["check_suite_id"]))
    if found is None:
        raise Refusal(404, "Not Found")
    return _listed(call, [found])


@route("GET", "/check-runs/{check_run_id}", _READ)
def get(call: Call) -> Reply:
    job, known = _job(call, "check_run_id")
    return Reply(body=runs.check_run(job, known, call.repo, call.at))


@route("GET", "/check-runs/{check_run_id}/annotations", _READ)
def list_annotations(call: Call) -> Reply:
    job, known = _job(call, "check_run_id")
    return call.page([runs.annotation(a, known, call.repo, call.at) for a in job.annotations])
