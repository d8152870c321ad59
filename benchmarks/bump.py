"""
Changing one value in real manifests: right, and not one other byte.

    uv run python -m benchmarks.bump DATA [--out ANSWERS]

DATA holds cases.jsonl and perhaps nasty.jsonl (file, doc, key, new, and `must: refuse` where an edit
would be wrong) and the files themselves in files/. PyYAML and ruamel.yaml do the same in the same run.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML

from gatepost.clients.git import Author, Repository
from gatepost.gates.handoff.planner import Planner
from gatepost.gates.handoff.provenance import Act, Provenance, Source
from gatepost.gates.handoff.request import Request
from gatepost.gates.handoff.writer import Writer
from gatepost.manifests.edit import replace
from gatepost.manifests.images import Image
from gatepost.manifests.places import Release
from gatepost.manifests.search import Scope

FILES = 10_000
WIDTHS = (6, 12, 6, 6, 10, 6, 6, 14, 8)
Edit = Callable[[bytes, dict[str, Any]], bytes]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(slots=True)
class Score:
    """How one editor did."""

    results: Counter[str] = field(default_factory=Counter)
    unrelated_bytes: int = 0
    seconds: float = 0.0

    @property
    def cases(self) -> int:
        """How many it was given."""
        return self.results.total()


def ours(raw: bytes, case: dict[str, Any]) -> bytes:
    """Change the value's own bytes."""
    return replace(raw, doc=case["doc"], key=case["key"], new=case["new"], name=case["file"])


def pyyaml(raw: bytes, case: dict[str, Any]) -> bytes:
    """Load and dump."""
    documents = list(yaml.load_all(raw.decode(), Loader=LOADER))
    _put(documents[case["doc"]], case)
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True}
    return yaml.dump_all(documents, Dumper=DUMPER, **options).encode()


def ruamel(raw: bytes, case: dict[str, Any]) -> bytes:
    """Round-trip with quotes preserved and wide lines."""
    yml = YAML(typ="rt")
    yml.preserve_quotes = True
    yml.width = 1 << 20
    documents = list(yml.load_all(raw.decode()))
    _put(documents[case["doc"]], case)
    out = io.BytesIO()
    yml.dump_all(documents, out)
    return out.getvalue()


def _put(node: Any, case: dict[str, Any]) -> None:
    for part in case["key"][:-1]:
        node = node[part]
    node[case["key"][-1]] = case["new"]


EDITORS: dict[str, Edit] = {"gatepost": ours, "ruamel.yaml": ruamel, "PyYAML": pyyaml}


def attempt(raw: bytes, case: dict[str, Any], edit: Edit) -> bytes | None:
    """Let an editor try; None when it refuses."""
    try:
        return edit(raw, case)
    except Exception:  # noqa: BLE001 - whatever a peer raises is its refusal
        return None


def judge(raw: bytes, case: dict[str, Any], out: bytes | None) -> tuple[str, int]:
    """Return ok, wrong, unrelated, refused or missed refusal, and the characters changed in vain."""
    must_refuse = case.get("must") == "refuse"
    if out is None:
        return ("ok" if must_refuse else "refused"), 0
    if must_refuse:
        return "missed refusal", 0
    documents = list(yaml.compose_all(raw.decode(), LOADER))
    target = _target(documents[case["doc"]], case["key"])
    unrelated = _unrelated(raw.decode(), out.decode(), target)
    target.tag, target.value = "tag:yaml.org,2002:str", case["new"]
    try:
        got = list(yaml.compose_all(out.decode(), LOADER))
    except yaml.YAMLError:
        return "wrong", unrelated
    if [_plain(d) for d in documents] != [_plain(d) for d in got]:
        return "wrong", unrelated
    return ("unrelated" if unrelated else "ok"), unrelated


def _target(node: Any, key: list[Any]) -> Any:
    for part in key:
        if isinstance(node, yaml.MappingNode):
            node = next(v for k, v in node.value if k.value == part)
        else:
            node = node.value[part]
    return node


def _unrelated(old: str, new: str, target: Any) -> int:
    """Count the characters outside the target's own span that were lost or added."""
    shift = old.startswith("\ufeff")
    start, end = target.start_mark.index + shift, target.end_mark.index + shift
    head = _common(old[:start], new)
    tail = _common(old[end:][::-1], new[head:][::-1])
    return (start - head) + (len(old) - end - tail)


def _common(one: str, two: str) -> int:
    """How many characters two texts share at their beginning."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(two)))


def _plain(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return [(_plain(k), _plain(v)) for k, v in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [_plain(v) for v in node.value]
    return (node.tag, node.value) if node else None


def measure(data: Path, out: Path | None) -> dict[str, dict[str, Score]]:
    """Score every editor on every set of DATA."""
    scores: dict[str, dict[str, Score]] = {}
    answers = []
    for name in ("cases", "nasty"):
        file = data / f"{name}.jsonl"
        cases = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
        for case in cases:
            raw = (data / "files" / case["file"]).read_bytes()
            for editor, edit in EDITORS.items():
                score = scores.setdefault(name, {}).setdefault(editor, Score())
                started = time.perf_counter()
                edited = attempt(raw, case, edit)
                score.seconds += time.perf_counter() - started
                result, unrelated = judge(raw, case, edited)
                score.results[result] += 1
                score.unrelated_bytes += unrelated
                if edit is ours:
                    sha = hashlib.sha256(edited).hexdigest() if edited else ""
                    answers.append({**case, "result": result, "unrelated": unrelated, "edited_sha256": sha})
    if out:
        out.write_text("".join(json.dumps(a) + "\n" for a in answers), "utf-8")
    return scores


def repository(folder: Path, files: int) -> str:
    """Make a bare repository of small manifests and return its address."""
    bare = folder / "manifests.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    head = "commit refs/heads/main\ncommitter A <a@example.org> 1750000000 +0000\ndata 4\ninit\n"
    stream = head + "".join(_file(number) for number in range(files))
    command = ["git", "--git-dir", str(bare), "fast-import", "--quiet"]
    subprocess.run(command, input=stream.encode(), check=True)
    return f"file://{bare}"


def _file(number: int) -> str:
    body = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n"
        f"  name: service-{number}  # one of many\nspec:\n  template:\n    spec:\n      containers:\n"
        f'        - name: server\n          image: "ghcr.io/acme/service-{number}:1.0.0"\n'
    )
    folder = f"apps/team-{number % 100}/service-{number}"
    return f"M 100644 inline {folder}/deployment.yaml\ndata {len(body)}\n{body}\n"


def handoff_s(url: str, folder: Path) -> float:
    """Seconds for one handoff to that repository: fetch, find, edit, verify, commit, push."""
    image = Image.parse("ghcr.io/acme/service-7777:2.0.0@sha256:" + "7" * 64)
    came = Provenance(act=Act.DELIVER, name="service-7777", source=Source(at=1), image=str(image))
    release = Release(image=image, service="service-7777")
    request = Request(provenance=came, release=release, scope=Scope())
    planner = Planner(request=request, is_ancestor=lambda a, b: None, check=lambda p: None)  # noqa: ARG005
    started = time.perf_counter()
    clone = Repository(url=url, path=folder / "clone.git", env=os.environ)
    author = Author(name="bench", email="bench@example.org", at=1_750_000_001)
    outcome = Writer(repository=clone, branch="main", author=author).write(planner.plan)
    seconds = time.perf_counter() - started
    assert outcome.branch == "main"
    return seconds


def naive_s(url: str, folder: Path) -> float:
    """Seconds for the usual script: clone, parse every file, dump the one with the image, commit, push."""
    started = time.perf_counter()
    work = folder / "work"
    subprocess.run(["git", "clone", "-q", "--depth=1", url, str(work)], check=True)
    for path in work.rglob("*.yaml"):
        document = yaml.load(path.read_bytes(), Loader=LOADER)  # noqa: S506 - a safe loader
        container = document["spec"]["template"]["spec"]["containers"][0]
        if container["image"].startswith("ghcr.io/acme/service-8888:"):
            container["image"] = "ghcr.io/acme/service-8888:2.0.0"
            path.write_text(yaml.dump(document, Dumper=DUMPER, sort_keys=False))
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    subprocess.run(["git", *who, "commit", "-qam", "bump"], cwd=work, check=True)
    subprocess.run(["git", "push", "-q", "origin", "main"], cwd=work, check=True)
    return time.perf_counter() - started


def rows(scores: dict[str, dict[str, Score]]) -> Iterator[tuple[str, ...]]:
    """Yield the table."""
    yield "set", "editor", "cases", "right", "unrelated", "wrong", "other", "bytes in vain", "ms/file"
    for name, editors in scores.items():
        for editor, score in editors.items():
            counted = [score.results[key] for key in ("ok", "unrelated", "wrong")]
            numbers = [score.cases, *counted, score.cases - sum(counted), score.unrelated_bytes]
            yield name, editor, *map(str, numbers), f"{1000 * score.seconds / score.cases:.1f}"


def main() -> None:
    """Print the table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    scores = measure(args.data, args.out)
    with tempfile.TemporaryDirectory() as folder:
        url = repository(Path(folder), FILES)
        repository_s, usual_s = handoff_s(url, Path(folder)), naive_s(url, Path(folder))
    for row in rows(scores):
        print(
            "  ".join(
                cell.ljust(width) for cell, width in zip(row, (6, 12, 6, 6, 10, 6, 6, 14, 8), strict=True)
            )
        )
    print(f"handoff to a repository of {FILES} files: {repository_s:.2f} s; ", end="")
    print(f"clone, parse all, dump, push: {usual_s:.2f} s ({usual_s / repository_s:.1f} x)")
    flat = {
        f"{name}.{editor}": {"cases": score.cases, **score.results, "vain": score.unrelated_bytes}
        for name, editors in scores.items()
        for editor, score in editors.items()
    }
    print(
        json.dumps({"benchmark": "bump", **flat, "repository_s": repository_s, "naive_repository_s": usual_s})
    )


if __name__ == "__main__":
    main()
