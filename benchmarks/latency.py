"""
How long a failed run waits for its post: `python -m benchmarks.latency DATA [--out ANSWERS]`.

DATA is a folder with *.log files, at any depth. A local GitHub serves a run whose failed jobs have
these logs, and `gatepost triage` and `gatepost post` run as the action runs them: two fresh
processes, from the event to the comment, without a model. Beside them stand the least such a thing
can cost here, measured in the same run: an idle interpreter, the imports of what we depend on, and
a plain download of the same logs. The network's own time is not in any of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from tests import scenarios
from tests.scenarios import Stage
from tests.servers.github import GitHub

SIZES = {1: 3, 10: 3, 256: 1}
"""Failed jobs of a run, and how often it is measured."""

GOAL_S = 5.0
COMMAND = Path(sys.executable).with_name("gatepost")
IMPORTS = "import requests, pydantic, yaml, markdown_it, concurrent.futures"
DOWNLOAD = """
import os, sys, requests
from concurrent.futures import ThreadPoolExecutor
session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["GATEPOST_GITHUB_TOKEN"]
jobs = os.environ["GITHUB_API_URL"] + "/repos/acme/model/actions/jobs"
def read(job):
    return len(session.get(f"{jobs}/{job}/logs").content)
with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(read, sys.argv[1:])))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one or more processes: seconds on the clock and on the processors."""

    wall_s: float
    cpu_s: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(wall_s=self.wall_s + other.wall_s, cpu_s=self.cpu_s + other.cpu_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One size of run."""

    jobs: int
    log_mb: float
    explain: Cost
    post: Cost
    cold: Cost
    """Both, with no compiled bytecode anywhere, as on a runner that has just installed us."""

    download: Cost
    requests: int
    comments: int

    @property
    def warm(self) -> Cost:
        """Explaining and posting together."""
        return self.explain + self.post


def run(command: Sequence[str], *, env: dict[str, str], folder: Path) -> Cost:
    """Run one process to its end; it must succeed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, f"{command[0]} {command[1]}: {done.stderr}"
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s=wall, cpu_s=cpu)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the medians, each for itself."""
    return Cost(wall_s=median(c.wall_s for c in costs), cpu_s=median(c.cpu_s for c in costs))


def clean(**more: str) -> dict[str, str]:
    """Return an environment with nothing of the caller's but where things are."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return kept | {"PYTHONSAFEPATH": "1", **more}


def job_of(stage: Stage, folder: Path, *, token: str) -> dict[str, str]:
    """Return the environment of the job that `workflow_run` starts."""
    event = folder / "event.json"
    event.write_text(json.dumps(stage.event))
    return clean(
        GITHUB_ACTIONS="true",
        GITHUB_API_URL=stage.github.url,
        GITHUB_SERVER_URL="https://github.com",
        GITHUB_REPOSITORY=stage.repo.full_name,
        GITHUB_EVENT_PATH=str(event),
        GITHUB_OUTPUT=str(folder / "output"),
        GITHUB_STEP_SUMMARY=str(folder / "summary.md"),
        GATEPOST_GITHUB_TOKEN=token,
        GATEPOST_REPORT=str(folder / "report.json"),
    )


def explain_and_post(stage: Stage, folder: Path, **more: str) -> tuple[Cost, Cost]:
    """Do what the action does, with the two tokens that its two jobs have."""
    explain = job_of(stage, folder, token=stage.reads()) | more
    post = job_of(stage, folder, token=stage.writes()) | more
    return (
        run([str(COMMAND), "triage", "--report", "report.json"], env=explain, folder=folder),
        run([str(COMMAND), "post"], env=post, folder=folder),
    )


def measure(logs: Sequence[bytes], *, jobs: int, times: int) -> Row:
    """Measure a run of `jobs` failed jobs, `times` over."""
    served = {f"test ({n + 1})": logs[n % len(logs)] for n in range(jobs)}
    with GitHub() as github, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage = scenarios.pull_failure(github, logs=served)
        explain_and_post(stage, folder)  # whatever only the first run of a machine costs
        asked = len(github.exchanges)
        warm = [explain_and_post(stage, folder) for _ in range(times)]
        asked = (len(github.exchanges) - asked) // times
        fresh = [folder / f"bytecode-{n}" for n in range(times)]
        cold = [explain_and_post(stage, folder, PYTHONPYCACHEPREFIX=str(path)) for path in fresh]
        plain = job_of(stage, folder, token=stage.reads())
        ids = [str(job.id) for job in stage.run.attempts[1]]
        download = [
            run([sys.executable, "-c", DOWNLOAD, *ids], env=plain, folder=folder) for _ in range(times)
        ]
        assert stage.pull is not None
        assert not [*github.faults, *github.storage.faults, *github.refusals]
        return Row(
            jobs=jobs,
            log_mb=sum(map(len, served.values())) / 1e6,
            explain=middle([pair[0] for pair in warm]),
            post=middle([pair[1] for pair in warm]),
            cold=middle([pair[0] + pair[1] for pair in cold]),
            download=middle(download),
            requests=asked,
            comments=len(stage.repo.thread(stage.pull.number)),
        )


def table(rows: Sequence[Row], *, idle: Cost, imports: Cost) -> str:
    """Lay the figures out for people."""
    lines = [
        f"idle interpreter {idle.wall_s:.2f} s · imports of our dependencies {imports.wall_s:.2f} s",
        "",
        "jobs   log MB  requests  explain s  post s  both s  CPU s"
        "  cold s  cold CPU s  download s  both/download",
    ]
    for row in rows:
        ratio = row.warm.wall_s / row.download.wall_s
        lines.append(
            f"{row.jobs:>4}  {row.log_mb:>7.2f}  {row.requests:>8}  {row.explain.wall_s:>9.2f}"
            f"  {row.post.wall_s:>6.2f}  {row.warm.wall_s:>6.2f}  {row.warm.cpu_s:>5.2f}"
            f"  {row.cold.wall_s:>6.2f}  {row.cold.cpu_s:>10.2f}"
            f"  {row.download.wall_s:>10.2f}  {ratio:>13.1f}"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure, print the table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    logs = [path.read_bytes() for path in sorted(args.data.rglob("*.log"))]
    if not logs:
        parser.error(f"{args.data} holds no *.log file")
    with tempfile.TemporaryDirectory() as name:
        idle = middle([run([sys.executable, "-c", "pass"], env=clean(), folder=Path(name)) for _ in range(5)])
        imports = middle(
            [run([sys.executable, "-c", IMPORTS], env=clean(), folder=Path(name)) for _ in range(5)]
        )
    rows = [measure(logs, jobs=jobs, times=times) for jobs, times in SIZES.items()]
    print(table(rows, idle=idle, imports=imports))
    figures = {
        "benchmark": "latency",
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "idle_s": idle.wall_s,
        "imports_s": imports.wall_s,
        "goal_s": GOAL_S,
        "within_goal": {str(row.jobs): row.cold.wall_s <= GOAL_S for row in rows},
        "one_post": all(row.comments == 1 for row in rows),
        "runs": [asdict(row) for row in rows],
    }
    if args.out:
        args.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
