"""
How well distilling finds the cause of a failure: `python -m benchmarks.triage DATA [--out ANSWERS]`.

DATA is a folder of splits (or one split) with a MANIFEST.json of case names, and per case NAME.log
and NAME.json with its labels. Beside ours run three usual ways to cut a log: its last lines, a grep
for errors, and a window that ends at the last failure marker. `-` as DATA answers one log from
standard input, with the passing log that TRIAGE_PASS_LOG names.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Any

from gatepost.evidence.distil import distil

Row = dict[str, Any]

K = 60
METRICS = ("brec", "rec", "full", "half", "any", "first", "prec")
HUMAN = ("logchunks", "cidiff", "bugswarm", "pytorch")
RESAMPLES = 400

_ERROR = re.compile(rb"(?i)\b(?:error|fail(?:ed|ure)?|fatal|exception|traceback|panic)\b")
_MARKER = re.compile(rb"##\[error\]|exited with [1-9]|exit code [1-9]|BUILD FAIL|ERROR: Job failed|npm ERR!")


def ours(raw: bytes, passing: bytes | None, k: int) -> list[int]:
    """Distil."""
    return [line.number for line in distil(raw, passing=passing, max_lines=k).lines]


def last_lines(raw: bytes, passing: bytes | None, k: int) -> list[int]:
    """Keep the last lines that are not blank, as log viewers and chat bots do."""
    del passing
    filled = [n for n, line in enumerate(raw.split(b"\n"), 1) if line.strip()]
    return filled[-k:]


def grep_errors(raw: bytes, passing: bytes | None, k: int) -> list[int]:
    """Keep the first lines with a word of failure in them."""
    del passing
    return [n for n, line in enumerate(raw.split(b"\n"), 1) if _ERROR.search(line)][:k]


def marker_window(raw: bytes, passing: bytes | None, k: int) -> list[int]:
    """Keep the lines that end at the last failure marker, or at the end."""
    lines = raw.split(b"\n")
    marked = [n for n, line in enumerate(lines, 1) if _MARKER.search(line)]
    return last_lines(b"\n".join(lines[: marked[-1]] if marked else lines), passing, k)


METHODS: dict[str, Callable[[bytes, bytes | None, int], list[int]]] = {
    "ours": ours,
    "last lines": last_lines,
    "grep": grep_errors,
    "marker window": marker_window,
}


def run(method: str, folder: Path, names: list[str], k: int) -> tuple[list[Row], float]:
    """Score one method on some cases of a split; return the rows and this process's peak memory in MiB."""
    rows = []
    for name in names:
        case = json.loads((folder / f"{name}.json").read_text("utf-8"))
        raw = (folder / f"{name}.log").read_bytes()
        passing = (folder / case["pass_log"]).read_bytes() if case.get("pass_log") else None
        began = time.process_time()
        kept = METHODS[method](raw, passing, k)
        rows.append({**score(case, kept, k), "sec": time.process_time() - began, "mb": len(raw) / 1e6})
    return rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def score(case: Row, lines: list[int], k: int) -> Row:
    """Compare the first `k` valid, distinct lines with the labels; the best alternative counts."""
    kept = list(dict.fromkeys(n for n in lines if 1 <= n <= case["n_lines"]))[:k]
    held, labels = set(kept), case["labels"]
    if labels["kind"] == "tests":
        tests = [set(test["lines"]) for test in labels["tests"]]
        hit = sum(bool(test & held) for test in tests)
        named = set().union(*tests) & held
        best = _measures(
            hit=hit, n=len(tests), first=bool(tests[0] & held), within=len(named), kept=len(kept), k=k
        )
    else:
        options = [
            _measures(hit=n, n=len(alt), first=alt[0] in held, within=n, kept=len(kept), k=k)
            for alt in labels["alts"]
            for n in (len(held & set(alt)),)
        ]
        best = max(options, key=lambda option: (option["brec"], option["rec"]))
    runner = labels.get("runner_error_lines") if labels["kind"] == "step" else None
    if labels["kind"] == "step":
        best["runner_err"] = bool(held & set(runner)) if runner else None
    known = {name: case[name] for name in ("id", "source", "group", "n_lines")}
    full, half = best["brec"] >= 1, best["brec"] >= 0.5
    return {
        **best,
        **known,
        "kind": labels["kind"],
        "full": full,
        "half": half,
        "emitted": len(kept),
        "err": "",
        "lines": kept,
    }


def _measures(*, hit: int, n: int, first: bool, within: int, kept: int, k: int) -> Row:
    shares = {"rec": hit / n, "brec": hit / min(n, k), "prec": within / max(1, kept)}
    return {"n": n, "hit": hit, "any": hit > 0, "first": first, **shares}


def aggregate(rows: list[Row]) -> Row:
    """Average the rows; intervals are 95 % of a bootstrap over repositories, whose logs are alike."""
    groups = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row)
    total: Row = {metric: fmean(float(row[metric]) for row in rows) for metric in METRICS}
    total |= {"n": len(rows), "groups": len(groups), "err": 0, "emitted": fmean(r["emitted"] for r in rows)}
    draw = random.Random(0)
    keys = list(groups)
    for metric in ("brec", "full", "any"):
        means = sorted(
            fmean(float(row[metric]) for key in draw.choices(keys, k=len(keys)) for row in groups[key])
            for _ in range(RESAMPLES)
        )
        total[f"{metric}_ci"] = (means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)])
    total["s_per_mb"] = sum(row["sec"] for row in rows) / max(1e-9, sum(row["mb"] for row in rows))
    if judged := [float(row["runner_err"]) for row in rows if row.get("runner_err") is not None]:
        total |= {"runner_err": fmean(judged), "runner_err_n": len(judged)}
    return total


def big_log(megabytes: int) -> Row:
    """Stream a made-up log through distilling; one line in its middle states the cause."""
    began = time.process_time()
    found = distil(_stream(megabytes))
    seconds = time.process_time() - began
    return {
        "mb": megabytes,
        "cpu_s_per_mb": round(seconds / megabytes, 4),
        "rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "cause_first": bool(found.lines) and "the one cause" in found.lines[0].text,
        "lines": found.total_lines,
    }


def _stream(megabytes: int) -> Iterator[bytes]:
    words = ("fetch", "compile", "link", "index", "upload", "verify")
    day = "2026-05-01T10:00:00"
    blocks = []
    for seed in range(8):
        lines = (
            f"{day}.{seed}{n % 1000:03}Z INFO {words[(n + seed) % 6]} shard {n} took {n % 97} ms\n"
            for n in range(16_000)
        )
        blocks.append("".join(lines).encode()[: 1 << 20].rpartition(b"\n")[0] + b"\n")
    for number in range(megabytes):
        if number == megabytes // 2:
            yield b"2026-05-01T10:00:00.0000Z ##[error]the one cause: shard 9 is corrupt\n"
        yield blocks[number % len(blocks)]


def splits(data: Path) -> list[Path]:
    """Find the folders that hold cases: `data` itself, or its subfolders."""
    found = [folder for folder in (data, *sorted(data.iterdir())) if (folder / "MANIFEST.json").is_file()]
    if not found:
        sys.exit(f"{data} holds no MANIFEST.json, nor do its subfolders: give the folder of a split")
    return found


def measure(folder: Path, k: int) -> dict[str, dict[str, tuple[list[Row], float]]]:
    """Run every method on every source, each in a process of its own so that memory can be told apart."""
    sources = defaultdict(list)
    for name in json.loads((folder / "MANIFEST.json").read_text("utf-8")):
        sources[json.loads((folder / f"{name}.json").read_text("utf-8"))["source"]].append(name)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        return {
            source: {method: pool.submit(run, method, folder, names, k).result() for method in METHODS}
            for source, names in sources.items()
        }


def table(name: str, results: dict[str, dict[str, tuple[list[Row], float]]]) -> Row:
    """Print one split's figures, each peer beside ours, and return them."""
    figures: Row = {}
    heads = f"{'n':>5}{'budget-recall':>15}{'any':>7}{'full':>7}{'s/MB':>8}{'MiB':>6}  ours/it"
    print(f"\n{name:<12}{'method':<15}{heads}")
    for source, methods in results.items():
        own = aggregate(methods["ours"][0])
        for method, (rows, rss) in methods.items():
            total = own if method == "ours" else aggregate(rows)
            figures.setdefault(source, {})[method] = {**total, "rss_mib": rss}
            ratio = f"{own['brec'] / total['brec']:.2f}x" if total["brec"] else "-"
            print(
                f"{source:<12}{method:<15}{total['n']:>5}{total['brec']:>15.3f}{total['any']:>7.3f}"
                f"{total['full']:>7.3f}{total['s_per_mb']:>8.3f}{rss:>6.0f}  {ratio}"
            )
    people = [source for source in HUMAN if source in figures]
    for method in METHODS if people else ():
        mean = fmean(figures[source][method]["brec"] for source in people)
        figures.setdefault("macro4", {})[method] = mean
        print(f"{'macro':<12}{method:<15}{'':>5}{mean:>15.3f}   mean of {', '.join(people)}")
    return figures


def main(argv: list[str]) -> int:
    """Measure, print a table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--out", type=Path, help="write the chosen lines and scores of each case as JSON")
    parser.add_argument("-k", type=int, default=K, help=f"lines kept of a log (default: {K})")
    parser.add_argument("--big-mb", type=int, default=200, help="size of the made-up big log; 0 for none")
    args = parser.parse_args(argv)
    if args.data == "-":
        name = os.environ.get("TRIAGE_PASS_LOG")
        passing = Path(name).read_bytes() if name else None
        print(json.dumps({"lines": ours(sys.stdin.buffer.read(), passing, args.k)}))
        return 0
    figures: Row = {"benchmark": "triage", "k": args.k, "splits": {}}
    rows: list[Row] = []
    for folder in splits(Path(args.data)):
        results = measure(folder, args.k)
        figures["splits"][folder.name] = table(folder.name, results)
        rows += [{**row, "split": folder.name} for methods in results.values() for row in methods["ours"][0]]
    if args.big_mb:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            figures["big_log"] = pool.submit(big_log, args.big_mb).result()
        print("\nbig log:", ", ".join(f"{key} {value}" for key, value in figures["big_log"].items()))
    if args.out:
        by_source = {s: aggregate([r for r in rows if r["source"] == s]) for s in {r["source"] for r in rows}}
        head = {
            "cmd": "benchmarks.triage",
            "k": args.k,
            "split": "+".join(figures["splits"]),
            "agg": by_source,
        }
        answers = [{"id": row["id"], "lines": row.pop("lines")} for row in rows]
        args.out.write_text(json.dumps({**head, "rows": rows, "answers": answers}), "utf-8")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
