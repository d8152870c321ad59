"""
Many writers on one manifests repository at once: none lost, none overwritten by an older one.

    uv run python -m benchmarks.writers [DATA] [--out ANSWERS]

64 processes hand off at the same moment: 8 versions each of 8 services whose images stand on
neighbouring lines of one file, so that writers of one service want the same line and all others want
the lines beside it. The server is a bare git repository whose update hook notes every push. The floor
is the loop that most pipelines use (clone, edit, commit, then pull --rebase and push until it works),
in the same run. With DATA, its smaller files/ fill the repository.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.servers.manifests import ManifestsServer, git
from tests.servers.registry import Registry

SERVICES = 8
VERSIONS = 8
FILE = "apps/kustomization.yaml"
TRIES = 20
"""Of the floor's loop; a pipeline step that pushes gives up sooner."""

BULK_BYTES = 64 * 1024
"""Larger files of DATA are left out: 64 clones of them at once would measure this machine's disk."""

LINE = re.compile(r"name: \S+/acme/service-(\d+)\n    newTag: \"?v(\d+)")
GATEPOST = str(Path(sys.executable).with_name("gatepost"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One version of one service that wants to be written."""

    service: int
    version: int
    image: str
    commit: str

    @property
    def name(self) -> str:
        """What the commit calls it."""
        return f"service-{self.service}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one writer ended."""

    job: Job
    result: str
    """`written`, `superseded`, or `failed`."""

    seconds: float
    attempts: int = 1


def kustomization(host: str) -> str:
    """Return the file that everybody wants to change."""
    entries = "".join(
        f"  - name: {host}/acme/service-{n}\n    newTag: v0 # of team {n}\n" for n in range(SERVICES)
    )
    return f"# all services\nimages:\n{entries}"


def bare(folder: Path, host: str, data: Path | None) -> ManifestsServer:
    """Start a manifests repository, filled with the files of DATA if there is one."""
    files: dict[str, str | bytes] = {FILE: kustomization(host)}
    for path in sorted((data / "files").iterdir()) if data and (data / "files").is_dir() else []:
        if path.stat().st_size <= BULK_BYTES:
            files[f"other/{path.name}"] = path.read_bytes()
    return ManifestsServer(folder, files)


def gatepost(job: Job, url: str, source: Path, folder: Path) -> Ended:
    """Hand off with the command itself."""
    command = [
        GATEPOST, "handoff", "--json", "--manifests", url, "--image", job.image, "--name", job.name,
        "--source", str(source), "--source-commit", job.commit, "--source-repository", "acme/source",
    ]  # fmt: skip
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GATEPOST_"))}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        print(f"{job.name} v{job.version}: {done.stderr.strip()[:500]}", file=sys.stderr)
        return Ended(job=job, result="failed", seconds=seconds)
    facts = json.loads(done.stdout)["facts"]
    return Ended(job=job, result=facts["result"], seconds=seconds, attempts=int(facts["attempts"]))


def floor(job: Job, url: str, source: Path, folder: Path) -> Ended:  # noqa: ARG001 - the loop knows no source
    """Clone, replace the line, commit; pull --rebase and push until it works."""
    work = folder / f"{job.service}-{job.version}"
    started = time.perf_counter()
    repository, _, tag = job.image.partition("@")[0].rpartition(":")
    try:
        git(folder, "clone", "-q", url, str(work))
        path = work / FILE
        pattern = re.compile(rf"(name: {re.escape(repository)}\n    newTag: )\S+")
        path.write_text(pattern.sub(rf"\g<1>{tag}", path.read_text("utf-8")), "utf-8")
        git(work, "commit", "-qam", f"Bump {job.name} to {tag}")
        for attempt in range(1, TRIES + 1):
            git(work, "pull", "-q", "--rebase")
            try:
                git(work, "push", "-q", "origin", "HEAD:main")
            except subprocess.CalledProcessError:
                time.sleep(random.uniform(0, 1))
                continue
            return Ended(job=job, result="written", seconds=time.perf_counter() - started, attempts=attempt)
    except subprocess.CalledProcessError:
        pass  # a conflict stops the loop, and with it the delivery
    return Ended(job=job, result="failed", seconds=time.perf_counter() - started)


def judge(server: ManifestsServer, ended: list[Ended], seconds: float) -> dict[str, float]:
    """Count what was lost, what an older version overwrote, and how the pushes went."""
    lines = dict(LINE.findall(server.show(FILE).decode()))
    stale = [n for n in range(SERVICES) if int(lines[str(n)]) != VERSIONS]
    results = Counter(e.result for e in ended)
    forced = [p for p in server.pushes() if not p[0].startswith("0000") and not _forward(server, p[0], p[1])]
    commits = len(server.subjects()) - 1
    return {
        "writers": len(ended),
        "written": results["written"],
        "stood_aside": results["superseded"],
        "lost": results["failed"] + abs(results["written"] - commits),
        "services_left_on_an_older_version": len(stale),
        "commits": commits,
        "forced_pushes": len(forced),
        "went_back": _went_back(server),
        "attempts": sum(e.attempts for e in ended),
        "seconds": round(seconds, 1),
    }


def _forward(server: ManifestsServer, old: str, new: str) -> bool:
    command = ["git", "merge-base", "--is-ancestor", old, new]
    return subprocess.run(command, cwd=server.path, check=False, capture_output=True).returncode == 0


def _went_back(server: ManifestsServer) -> int:
    """Count commits that put an older version over a newer one."""
    count, newest = 0, dict.fromkeys(map(str, range(SERVICES)), 0)
    for oid in git(server.path, "rev-list", "--reverse", "main").split():
        for service, version in LINE.findall(server.show(FILE, at=oid).decode()):
            count += int(version) < newest[service]
            newest[service] = int(version)
    return count


def sources(folder: Path) -> tuple[Path, list[str]]:
    """Make a source repository with one commit per version, oldest first."""
    source = folder / "source"
    git(folder, "init", "-q", "-b", "main", str(source))
    commits = []
    for version in range(1, VERSIONS + 1):
        git(source, "commit", "-q", "--allow-empty", "-m", f"v{version}", at=1_750_000_000 + version)
        commits.append(git(source, "rev-parse", "HEAD").strip())
    return source, commits


def reference(registry: Registry, service: int, version: int) -> str:
    """Push an image and return its name."""
    repository = f"acme/service-{service}"
    return f"{registry.host}/{repository}:v{version}@{registry.push(repository, str(version))}"


def race(way: str, data: Path | None) -> tuple[dict[str, float], list[Ended]]:
    """Let all writers go at once, `gatepost` or `floor`, and judge what is left."""
    write = gatepost if way == "gatepost" else floor
    with tempfile.TemporaryDirectory() as name, Registry() as registry:
        folder = Path(name)
        source, commits = sources(folder)
        jobs = [
            Job(service=n, version=v, commit=commits[v - 1], image=reference(registry, n, v))
            for n in range(SERVICES)
            for v in range(1, VERSIONS + 1)
        ]
        random.Random(4).shuffle(jobs)
        server = bare(folder, registry.host, data)
        started = time.perf_counter()
        with ThreadPoolExecutor(len(jobs)) as pool:
            ended = list(pool.map(lambda job: write(job, server.url, source, folder), jobs))
        return judge(server, ended, time.perf_counter() - started), ended


def main() -> None:
    """Print the table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    ours, ended = race("gatepost", args.data)
    usual, _ = race("floor", args.data)
    if args.out:
        answers = [
            {"service": e.job.service, "version": e.job.version, "result": e.result, "attempts": e.attempts}
            for e in ended
        ]
        args.out.write_text("".join(json.dumps(a) + "\n" for a in answers), "utf-8")
    print(f"{'':34}  {'gatepost':>9}  {'pull --rebase loop':>18}")
    for key, value in ours.items():
        print(f"{key.replace('_', ' '):34}  {value:>9}  {usual[key]:>18}")
    ratio = usual["seconds"] / ours["seconds"]
    print(f"{'floor time / our time':34}  {ratio:>9.2f}")
    print(
        json.dumps({"benchmark": "writers", "gatepost": ours, "floor": usual, "time_ratio": round(ratio, 2)})
    )


if __name__ == "__main__":
    main()
