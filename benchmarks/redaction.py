"""
Measure redaction: `python -m benchmarks.redaction DATA [--out ANSWERS] [--log FILE]`.

DATA is a folder with `redaction.jsonl.gz`: records with `kind`, `category`, `subtype`, `text`,
`secrets`, `hard`. ANSWERS receives one JSON line per record, `{"id", "output"}`, and beside it,
as `ANSWERS.log`, the redacted stream of all records with their marks. The peers see the same
records: detect-secrets' plugins used as a scrubber, and masking of known values alone, which is
what a CI runner does with the secrets it was given: here every other one.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from gatepost.safety import redact, redact_stream

Record = dict[str, Any]
Scrub = Callable[[Record], str]

REPEATS = (
    "a",
    " ",
    "password=",
    "key: ",
    "eyJ",
    "eyJaaaaaaaaaaaaaaaaaaaa.",
    'secret="',
    "https://a:",
    "sk-",
    "0",
    "\\n",
)
REPEATS += (
    "-----BEGIN RSA PRIVATE KEY-----",
    "\x1b[",
    "_token_",
    "\n",
    "AccountKey=A",
    ".",
    "://",
    "Cookie: a=b; ",
)
DOUBLING = 100_000
"""Characters of the smaller of the two inputs whose times are compared."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table and then one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--log", type=Path, help="an ordinary log to measure the speed on, else the negatives"
    )
    args = parser.parse_args(argv)
    with gzip.open(args.data / "redaction.jsonl.gz", "rt", encoding="utf-8") as file:
        records: list[Record] = [json.loads(line) for line in file]
    scrubs: dict[str, Scrub] = {
        "gatepost": lambda record: redact(record["text"]),
        "detect-secrets": _detect_secrets(),
        "known values": _known_values(records),
    }
    outputs = {name: {r["id"]: scrub(r) for r in records} for name, scrub in scrubs.items()}
    report = {name: _score(records, outputs[name]) for name in scrubs}
    log = _log(args.log, records)
    report["gatepost"]["mb_per_s"] = _speed(log, redact)
    for name, size in (("detect-secrets", 200_000), ("known values", 2_000_000)):
        report[name]["mb_per_s"] = _speed(log[:size], lambda text, name=name: scrubs[name]({"text": text}))
    linearity = _linearity()
    _print(report, linearity)
    if args.out:
        _write(args.out, records, outputs["gatepost"])
    ours = report["gatepost"]
    ratios = {
        name: {
            "recall": ours["recall"] / max(peer["recall"], 1e-9),
            "mb_per_s": ours["mb_per_s"] / peer["mb_per_s"],
        }
        for name, peer in report.items()
        if name != "gatepost"
    }
    sys.stdout.write(json.dumps({"report": report, "ratios": ratios, "doubling": linearity}) + "\n")
    return 0


def _detect_secrets() -> Scrub:
    """Return detect-secrets with its default plugins and filters, each value it names replaced."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    def scrub(record: Record) -> str:
        text: str = record["text"]
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="replace", suffix=".log") as file:
            file.write(text)
            file.flush()
            with default_settings():
                values = {found.secret_value for found in scan_file(file.name) if found.secret_value}
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, "[redacted]")
        return text

    return scrub


def _known_values(records: Iterable[Record]) -> Scrub:
    """Return plain replacement of every other secret of the set, as it stands."""
    known = sorted({s for r in records for s in r.get("secrets") or ()}, key=len, reverse=True)[::2]

    def scrub(record: Record) -> str:
        text: str = record["text"]
        for value in known:
            text = text.replace(value, "***")
        return text

    return scrub


def _leaked(secret: str, output: str) -> bool:
    """Tell whether the secret survives, or any eight characters of it past the first four."""
    output = output.replace("\u200b", "") if "\u200b" not in secret else output
    return secret in output or (
        len(secret) >= 16 and any(secret[i : i + 8] in output for i in range(4, len(secret) - 7))
    )


def _score(records: Iterable[Record], outputs: dict[str, str]) -> dict[str, Any]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    wrong = [0, 0]
    secrets = [0, 0]
    lost = [0, 0]
    for record in records:
        output = outputs[record["id"]]
        if record["kind"] != "positive":
            wrong[0] += output != record["text"]
            wrong[1] += 1
            continue
        leaks = [_leaked(secret, output) for secret in record["secrets"]]
        secrets[0] += leaks.count(False)
        secrets[1] += len(leaks)
        for key in (record["category"], "all", "hard" if record["hard"] else "not hard"):
            found[key][0] += not any(leaks)
            found[key][1] += 1
        if not any(leaks):
            _count_collateral(record, output, lost)
    share = {key: round(good / total, 4) for key, (good, total) in sorted(found.items())}
    return {
        "recall": secrets[0] / max(1, secrets[1]),
        "strict": share.pop("all", 0.0),
        "strict_by_category": share,
        "false_positives": wrong[0] / max(1, wrong[1]),
        "collateral": lost[0] / max(1, lost[1]),
    }


def _count_collateral(record: Record, output: str, lost: list[int]) -> None:
    """Add the characters around the secrets that went with them."""
    rest = record["text"]
    for secret in record["secrets"]:
        rest = rest.replace(secret, "\0")
    for part in rest.split("\0"):
        if len(part.strip()) >= 4:
            lost[0] += len(part) if part not in output else 0
            lost[1] += len(part)


def _log(path: Path | None, records: Iterable[Record]) -> str:
    if path is not None:
        return path.read_bytes().decode("utf-8", "replace")
    text = "\n".join(r["text"] for r in records if r["category"] == "real-log")
    return (text + "\n") * (4_000_000 // max(1, len(text)) + 1)


def _speed(text: str, scrub: Callable[[str], str]) -> float:
    """Return megabytes (10^6) per CPU second."""
    start = time.process_time()
    scrub(text)
    return round(len(text.encode()) / 1e6 / max(time.process_time() - start, 1e-9), 3)


def _linearity() -> dict[str, float]:
    """Return how many times longer each adversarial input takes when it is twice as long; 2 is linear."""
    factors = {}
    for unit in REPEATS:
        seconds = []
        for size in (DOUBLING, 2 * DOUBLING):
            text = (unit * (size // len(unit) + 1))[:size].encode()
            start = time.process_time()
            redact_stream(io.BytesIO(text), io.BytesIO())
            seconds.append(time.process_time() - start)
        factors[unit] = round(seconds[1] / max(seconds[0], 1e-3), 2)
    return factors


def _print(report: dict[str, dict[str, Any]], linearity: dict[str, float]) -> None:
    rows = ["recall", "strict", "false_positives", "collateral", "mb_per_s"]
    sys.stdout.write(f"{'':24}" + "".join(f"{name:>16}" for name in report) + "\n")
    for row in rows:
        sys.stdout.write(f"{row:24}" + "".join(f"{figures[row]:16.4f}" for figures in report.values()) + "\n")
    for category in report["gatepost"]["strict_by_category"]:
        shares = (figures["strict_by_category"][category] for figures in report.values())
        sys.stdout.write(f"  strict {category:15}" + "".join(f"{share:16.4f}" for share in shares) + "\n")
    worst = max(linearity, key=lambda unit: linearity[unit])
    sys.stdout.write(
        f"doubling the input takes at most {linearity[worst]} times as long ({worst!r} repeated)\n"
    )


def _write(path: Path, records: Sequence[Record], outputs: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", errors="replace") as file:
        for record in records:
            file.write(json.dumps({"id": record["id"], "output": outputs[record["id"]]}) + "\n")
    # An unclosed key may hide what follows it, so those records come last.
    ordered = sorted(records, key=lambda r: r["subtype"] == "pem-truncated-no-END")
    text = "".join(f"=== record {r['id']} ===\n{r['text']}\n" for r in ordered) + "=== end of records ===\n"
    path.with_name(path.name + ".log").write_bytes(redact(text).encode("utf-8", "replace"))


if __name__ == "__main__":
    sys.exit(main())
