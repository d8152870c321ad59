"""`gatepost image`: build, look inside, then push; the digest is the output."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gatepost import outputs
from gatepost.clients import process
from gatepost.errors import ConfigError
from gatepost.flows import _verdict
from gatepost.flows._gate import number, progress_line, root_of
from gatepost.flows._wiring import server_of
from gatepost.gates.environment import foreign
from gatepost.gates.image.build import Recipe, build, check_reference
from gatepost.gates.image.inspect import ORDER, bill_of_materials, inspect
from gatepost.gates.image.push import push
from gatepost.model import Verdict

LABEL = "org.opencontainers.image"
OWN_LABEL = "io.github.gatepost"
TIMEOUT_S = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What the image is built from."""

    sha: str
    epoch_s: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to build, what it is called, and what stops it."""
    parser.add_argument("path", nargs="?", default="", help="the repository (default: here)")
    parser.add_argument(
        "--image", metavar="REFERENCE", default="", help="registry/name:tag; without a tag, the commit"
    )
    parser.add_argument("--dockerfile", metavar="FILE", default="", help="default: Dockerfile")
    parser.add_argument(
        "--fail-on", choices=[s.lower() for s in ORDER[1:]], default="", help="default: critical"
    )
    parser.add_argument("--sbom", metavar="FILE", default="", help="where the bill of materials goes")
    parser.add_argument("--no-push", action="store_true", help="build and look inside only")
    _verdict.add_arguments(parser)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Build, inspect, push; exit code 1 when something in the image stops it. Only what passes is pushed."""
    root = root_of(args.path, env)
    commit = _commit(root)
    reference = check_reference(_named(args.image or env.get("GATEPOST_IMAGE", ""), commit))
    fail_on = args.fail_on or env.get("GATEPOST_FAIL_ON", "") or "critical"
    if fail_on.upper() not in ORDER[1:]:
        raise ConfigError(f"fail-on is {fail_on!r}", fix="write low, medium, high or critical")
    surroundings = foreign(env)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "image.tar"
        built_by = build(
            Recipe(
                context=root,
                dockerfile=root / (args.dockerfile or env.get("GATEPOST_DOCKERFILE", "") or "Dockerfile"),
                labels=_labels(commit, env),
                epoch_s=commit.epoch_s,
                args={},
            ),
            archive,
            env=surroundings,
            timeout_s=number(env.get("GATEPOST_TIMEOUT", ""), name="timeout", default=TIMEOUT_S, least=1),
            on_line=progress_line,
        )
        unfixed = env.get("GATEPOST_IGNORE_UNFIXED", "") == "true"
        seen = inspect(archive, fail_on=fail_on, ignore_unfixed=unfixed, env=surroundings)
        sbom = Path(args.sbom or env.get("GATEPOST_SBOM") or root / "reports" / "sbom.cdx.json")
        bill_of_materials(archive, sbom, env=surroundings)
        size = f"{archive.stat().st_size / 2**20:.1f} MiB"
        facts = [("built by", built_by), ("size", size)]
        facts += [("packages", str(seen.packages)), ("system", seen.system)]
        verdict = Verdict(gate="image", findings=seen.findings, facts=tuple(facts))
        wanted = not (args.no_push or env.get("GATEPOST_PUSH", "") == "false")
        if verdict.passed and wanted:
            digest = push(archive, reference, env=surroundings)
            name = reference.rpartition(":")[0]
            facts = [("image", reference), ("digest", digest), ("pinned", f"{name}@{digest}"), *facts]
            verdict = Verdict(gate="image", findings=seen.findings, facts=tuple(facts))
    outputs.set_output("sbom", str(sbom), env=env)
    return _verdict.tell(verdict, args, env)


def _commit(root: Path) -> Commit:
    git = process.find("git", fix="install git")
    done = process.run([git, "log", "-1", "--format=%H %ct"], cwd=root, timeout_s=60)
    sha, _, epoch = done.stdout.decode("ascii", "replace").strip().partition(" ")
    if done.exit_code or not epoch.isdecimal():
        raise ConfigError(f"{str(root)!r} is no git checkout with a commit", fix="commit the source first")
    return Commit(sha=sha, epoch_s=int(epoch))


def _named(image: str, commit: Commit) -> str:
    if not image:
        raise ConfigError("no image is named", fix="pass --image registry/name, or the input `image`")
    return image if ":" in image.rpartition("/")[2] else f"{image}:{commit.sha[:12]}"


def _labels(commit: Commit, env: Mapping[str, str]) -> dict[str, str]:
    repository = env.get("GITHUB_REPOSITORY", "")
    labels = {
        f"{LABEL}.revision": commit.sha,
        f"{LABEL}.source": f"{server_of(env)}/{repository}" if repository else "",
        f"{OWN_LABEL}.workflow-run": env.get("GITHUB_RUN_ID", ""),
        f"{OWN_LABEL}.model": env.get("GATEPOST_MODEL_NAME", ""),
        f"{OWN_LABEL}.model-version": env.get("GATEPOST_MODEL_VERSION", ""),
        f"{OWN_LABEL}.mlflow-run": env.get("GATEPOST_MLFLOW_RUN", ""),
    }
    return {name: value for name, value in labels.items() if value}
