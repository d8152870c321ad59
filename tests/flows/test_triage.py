"""The whole command, as a person and as the action run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gatepost.report import load
from tests import scenarios
from tests.scenarios import PYTEST_LOG, READS, Stage
from tests.servers.gemini import Gemini
from tests.servers.github import GitHub

COMMAND = Path(sys.executable).with_name("gatepost")
QUIET = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
PROMPT = "---\nversion: 1\nabout: x\nwants: [run]\n---\nHi\n"
NOTHING: tuple[str, ...] = ()


def gatepost(
    *args: str, cwd: Path, env: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "triage", *args],
        cwd=cwd,
        env=QUIET | (env or {}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def shell(github: GitHub, token: str) -> dict[str, str]:
    return {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": token}


def job(stage: Stage, folder: Path, token: str = "") -> dict[str, str]:
    """Return the environment of a job that `workflow_run` started."""
    event = folder / "event.json"
    event.write_text(json.dumps(stage.event))
    return shell(stage.github, "") | {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": stage.repo.full_name,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GATEPOST_GITHUB_TOKEN": token or stage.reads(),
    }


def test_a_log_file_is_explained_without_key_and_network(tmp_path):
    (tmp_path / "build.log").write_text(PYTEST_LOG)

    done = gatepost("build.log", cwd=tmp_path, env={"https_proxy": "http://127.0.0.1:1"})

    assert done.returncode == 0
    assert done.stdout.split("\n")[2].startswith("✗ test")
    assert "tests/test_model.py:5" in done.stdout
    assert "14 │ E       assert 5 == 6" in done.stdout
    assert "without a model" in done.stdout
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_a_log_comes_through_a_pipe_and_the_answer_is_json(tmp_path):
    done = gatepost("--json", "-", cwd=tmp_path, stdin=PYTEST_LOG)

    told = json.loads(done.stdout)
    assert told["causes"][0]["failure"] == "test"
    assert told["author"] == "rules"


def test_the_passing_log_of_a_file_is_used(tmp_path):
    names = ("oak", "elm", "ash", "fir", "yew", "box", "fig", "bay", "gum", "nut")
    noise = [f"ERROR: cannot reach cache node {a}{b}, going on" for a in names for b in names]
    (tmp_path / "bad.log").write_text("\n".join([*noise[:50], "the frobnicator is out of step", *noise[50:]]))
    (tmp_path / "good.log").write_text("\n".join(noise))
    (tmp_path / ".gatepost.yml").write_text("budget:\n  lines: 5\n")

    alone = gatepost("bad.log", cwd=tmp_path)
    beside = gatepost("bad.log", "--passing", "good.log", cwd=tmp_path)

    assert "frobnicator" not in alone.stdout
    assert "frobnicator" in beside.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "The log is empty."), (bytes(range(256)) * 50, "binary data, not text")],
    ids=["empty", "binary"],
)
def test_a_log_that_says_nothing_is_answered_all_the_same(tmp_path, content, said):
    (tmp_path / "build.log").write_bytes(content)

    done = gatepost("build.log", cwd=tmp_path)

    assert done.returncode == 0
    assert said in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("none.log",), "none.log cannot be read: no such file"),
        ((".",), "cannot be read: is a directory"),
        (("https://github.com/o/r",), "is not the address of a run"),
        (("evil.example/o/r/actions/runs/1",), "this environment's server is https://github.com"),
        (("ftp://github.com/o/r/actions/runs/1",), "is not the address of a run"),
        (NOTHING, "nothing to explain"),
        (("logs.zip",), "logs.zip is a zip archive, not a log"),
        (("-", "--passing", "-"), "both logs are standard input"),
        (("https://github.com/o/r/actions/runs/1", "--passing", "x"), "--passing goes with a log file"),
        (("https://evil.example/o/r/actions/runs/1",), "this environment's server is https://github.com"),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(tmp_path, args, said):
    (tmp_path / "logs.zip").write_bytes(b"PK\3\4" + bytes(40))
    done = gatepost(*args, cwd=tmp_path, env={"GITHUB_TOKEN": "ghp_x"})

    assert done.returncode == 2
    assert said in done.stderr
    assert "fix: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_is_explained_from_its_address(tmp_path, github):
    stage = scenarios.pull_failure(github, fork=True)

    done = gatepost(stage.url, cwd=tmp_path, env=shell(github, stage.reads()))

    assert done.returncode == 0, done.stderr
    bare = gatepost(stage.url.split("://")[1], cwd=tmp_path, env=shell(github, stage.reads()))
    assert bare.stdout == done.stdout
    assert "acme/model  ci #2 on change" in done.stdout
    assert "tests/test_model.py:5" in done.stdout
    assert not github.asked("POST")


def test_an_unknown_run_is_named(tmp_path, github):
    stage = scenarios.pull_failure(github)

    done = gatepost(f"{stage.url}999", cwd=tmp_path, env=shell(github, stage.reads()))

    assert done.returncode == 2
    assert f"/actions/runs/{stage.run.id}999" in done.stderr


def test_a_token_without_the_permission_is_told_which(tmp_path, github):
    stage = scenarios.pull_failure(github)
    token = github.token({"contents": "read"}).value

    done = gatepost(stage.url, cwd=tmp_path, env=shell(github, token))

    assert done.returncode == 2
    assert "`actions: read`" in done.stderr
    github.refusals.clear()


def test_a_green_run_has_nothing_to_explain(tmp_path, github):
    stage = scenarios.later_green(scenarios.pull_failure(github))

    done = gatepost(stage.url, cwd=tmp_path, env=shell(github, stage.reads()))

    assert done.returncode == 2
    assert "no job failed" in done.stderr


def test_a_workflow_woken_by_a_green_run_stays_green(tmp_path, github):
    stage = scenarios.later_green(scenarios.pull_failure(github))

    done = gatepost("--report", "report.json", cwd=tmp_path, env=job(stage, tmp_path))

    assert done.returncode == 0
    assert "nothing to explain" in done.stdout
    assert not (tmp_path / "report.json").exists()


def test_a_job_that_passed_has_nothing_to_explain(tmp_path, github):
    stage = scenarios.pull_failure(github, logs={"a": PYTEST_LOG, "b": PYTEST_LOG})
    passed = stage.run.attempts[1][1]
    passed.conclusion = "success"

    done = gatepost(f"{stage.url}/job/{passed.id}", cwd=tmp_path, env=shell(github, stage.reads()))

    assert done.returncode == 2
    assert f"job {passed.id} of" in done.stderr


def test_one_job_of_a_run_is_explained_alone(tmp_path, github):
    stage = scenarios.pull_failure(github, logs={"a": PYTEST_LOG, "b": "npm ERR! missing script: build\n"})
    meant = stage.run.attempts[1][0]

    done = gatepost(f"{stage.url}/job/{meant.id}", "--json", cwd=tmp_path, env=shell(github, stage.reads()))

    assert [cause["subjects"] for cause in json.loads(done.stdout)["causes"]] == [["a"]]


def test_a_run_that_never_started_a_job_is_a_matter_of_its_workflow_file(tmp_path, github):
    stage = scenarios.default_branch_failure(github, logs={})
    stage.run.conclusion = "startup_failure"

    done = gatepost(stage.url, cwd=tmp_path, env=shell(github, stage.reads()))

    assert done.returncode == 0
    assert "No job was started" in " ".join(done.stdout.split())


def test_the_dry_run_prints_the_post_and_writes_nothing(tmp_path, github):
    stage = scenarios.pull_failure(github)

    done = gatepost(stage.url, "--dry-run", cwd=tmp_path, env=shell(github, stage.reads()))

    assert done.stdout.startswith("# ci fails on change")
    assert "<details>" in done.stdout
    assert not github.asked("POST")


def test_in_a_workflow_the_report_the_summary_and_the_outputs_are_written(tmp_path, github):
    stage = scenarios.pull_failure(github)

    done = gatepost("--report", "report.json", cwd=tmp_path, env=job(stage, tmp_path))

    assert done.returncode == 0, done.stderr
    made = load((tmp_path / "report.json").read_bytes())
    assert (made.repository, made.run_id) == ("acme/model", stage.run.id)
    assert "test_scale" in (tmp_path / "summary.md").read_text()
    output = (tmp_path / "output").read_text()
    assert "\ntest\n" in output
    assert "\nreport.json\n" in output


def test_reading_needs_no_more_than_the_declared_permissions(tmp_path, github):
    stage = scenarios.default_branch_failure(github)
    token = github.token(READS, name="explain")

    gatepost("--report", "report.json", cwd=tmp_path, env=job(stage, tmp_path, token.value))

    assert not token.refused
    assert not token.without("actions")


def test_nothing_in_a_log_is_a_command_to_the_runner(tmp_path, github):
    log = PYTEST_LOG + "::set-output name=x::y\n##[error]::error::FAILED tests/x.py::test_a - assert 0\n"
    stage = scenarios.default_branch_failure(github, logs={"::add-mask::x": log})

    done = gatepost(cwd=tmp_path, env=job(stage, tmp_path))

    assert not [line for line in done.stdout.split("\n") if line.strip().startswith("::") or "##[" in line]


def test_settings_come_from_the_default_branch_not_from_the_failing_commit(tmp_path, github):
    stage = scenarios.pull_failure(github)
    stage.repo.commit(files={".gatepost.yml": "budget:\n  lines: 5\n"})
    stage.pull.pull.head_sha = stage.run.head_sha = stage.repo.commit(
        branch="change", files={".gatepost.yml": "nonsense: true\n"}
    ).sha

    done = gatepost("--json", cwd=tmp_path, env=job(stage, tmp_path))

    assert done.returncode == 0, done.stderr
    dropped = {s["name"]: s.get("dropped_lines") for s in json.loads(done.stdout)["sources"]}
    assert dropped["log:test"] == PYTEST_LOG.count("\n") - 5


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        (".gatepost.yml", "budget:\n  lines: many\n", ".gatepost.yml:2"),
        (
            ".gatepost/prompts/test-failure.md.j2",
            "---\nversion: 1\nabout: x\nwants: [run]\n---\nHi\n",
            "does not use",
        ),
    ],
    ids=["settings", "prompt"],
)
def test_a_fault_in_what_the_repository_wrote_is_told_after_the_answer(tmp_path, github, path, content, said):
    stage = scenarios.pull_failure(github)
    stage.repo.commit(files={path: content})

    done = gatepost("--report", "report.json", cwd=tmp_path, env=job(stage, tmp_path))

    assert done.returncode == 2
    assert said in done.stderr
    assert "test_scale" in (tmp_path / "report.json").read_text()


def test_evidence_that_github_keeps_back_costs_a_line_and_not_the_answer(tmp_path, github):
    stage = scenarios.pull_failure(github)
    few = {k: v for k, v in READS.items() if k in ("actions", "contents")}

    done = gatepost("--json", cwd=tmp_path, env=job(stage, tmp_path, github.token(few).value))

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["causes"][0]["failure"] == "test"
    notes = [s["note"] for s in told["sources"] if s.get("note")]
    assert any("`checks=read`" in note or "checks" in note for note in notes)


@pytest.mark.parametrize("mood", ["good", "malformed", "quota", "refused", "down"])
def test_a_model_in_any_mood_leaves_the_job_green(tmp_path, github, mood):
    stage = scenarios.pull_failure(github)
    stage.repo.commit(files={".gatepost.yml": "model:\n  deadline_s: 3\n"})
    with Gemini(mood) as gemini:
        env = job(stage, tmp_path) | {
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "GATEPOST_GEMINI_API_KEY": gemini.key,
        }
        done = gatepost("--json", cwd=tmp_path, env=env)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["causes"][0]["failure"] == "test"
    assert (told["author"] == "rules") == (mood != "good")
    assert gemini.key not in done.stdout + done.stderr


def test_no_model_is_asked_when_told_so(tmp_path, github):
    stage = scenarios.pull_failure(github)
    with Gemini() as gemini:
        env = shell(github, stage.reads()) | {
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "GEMINI_API_KEY": gemini.key,
        }
        done = gatepost(stage.url, "--no-model", "--json", cwd=tmp_path, env=env)

    assert json.loads(done.stdout)["author"] == "rules"
    assert not gemini.exchanges
