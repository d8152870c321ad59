"""
Attacks on a post: what acts once it is posted, for gatepost and for simpler filters in the same run.

    python -m benchmarks.injection DATA [--out ANSWERS] [--repo acme/repo]

DATA holds `cases.jsonl` (`id`, `cls`, `text`, `must_keep`) and `benign.jsonl` (`id`, `text`,
`must_keep`); `runner_log.jsonl`, `file_commands.jsonl` and `fencing.jsonl` are counted when they
are there. An attack is blocked when GitHub's own renderer and a browser's parser find nothing in the
output that acts, loads, hides or escapes, whatever its class, and what must be kept is there.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gatepost.errors import ConfigError, GatepostError
from gatepost.safety import fence, sanitise
from gatepost.safety.runner import file_command, log_text

Filter = Callable[[str], str]
Row = dict[str, Any]

_COMMAND = re.compile(r"(?m)^\s*::|##\[")


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table, then one JSON line."""
    parser = argparse.ArgumentParser(prog="benchmarks.injection")
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, metavar="ANSWERS", help="write gatepost's outputs as JSON lines")
    parser.add_argument("--repo", default="acme/repo")
    args = parser.parse_args(argv)
    try:
        attacks, benign = _rows(args.data / "cases.jsonl"), _rows(args.data / "benign.jsonl")
        filters = _filters(args.repo)
    except GatepostError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    from benchmarks.reading import faults

    def acts(text: str) -> bool:
        return bool(faults(text, repository=args.repo))

    scores = [_score(name, each, attacks, benign, acts=acts) for name, each in filters.items()]
    others = _others(args.data)
    _show(scores, others)
    if args.out:
        answers = [
            {"id": row["id"], "output": filters["gatepost"](row["text"])} for row in (*attacks, *benign)
        ]
        answers += [{"id": row["id"], "output": give(row)} for give, row in _smaller(args.data)]
        args.out.write_text("".join(json.dumps(answer) + "\n" for answer in answers), encoding="utf-8")
    print(json.dumps({"filters": {score.name: score.figures() for score in scores}, **others}))
    return 0


@dataclass(slots=True)
class Score:
    """How one filter fared."""

    name: str
    blocked: dict[str, list[bool]] = field(default_factory=dict)
    benign: list[bool] = field(default_factory=list)
    same_twice: list[bool] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> Row:
        """Return the figures for the JSON line; each ratio is `good/all`."""
        every = [result for results in self.blocked.values() for result in results]
        return {
            "attacks_blocked": _ratio(every),
            "benign_kept": _ratio(self.benign),
            "idempotent": _ratio(self.same_twice),
            "by_class": {name: _ratio(results) for name, results in sorted(self.blocked.items())},
            "ms_per_case": round(1000 * self.seconds / max(1, len(self.same_twice)), 2),
        }


def _score(
    name: str, each: Filter, attacks: list[Row], benign: list[Row], *, acts: Callable[[str], bool]
) -> Score:
    score = Score(name)
    for row in attacks:
        output = _timed(score, each, row["text"])
        kept = all(part in unicodedata.normalize("NFKC", output) for part in row.get("must_keep", ()))
        score.blocked.setdefault(row["cls"], []).append(kept and not acts(output))
    for row in benign:
        output = _timed(score, each, row["text"])
        plain = html.unescape(re.sub(r"\\([^\w\s])", r"\1", output))
        kept = all(part in output or part in plain for part in row.get("must_keep", ()))
        score.benign.append(kept)
    return score


def _timed(score: Score, each: Filter, text: str) -> str:
    start = time.perf_counter()
    output = each(text)
    score.seconds += time.perf_counter() - start
    score.same_twice.append(each(output) == output)
    return output


def _filters(repository: str) -> dict[str, Filter]:
    """Return ours, what a first attempt looks like, what is usually reached for, and nothing at all."""
    try:
        import cmarkgfm
        import nh3
    except ImportError as error:
        raise ConfigError(
            f"the benchmark compares with {error.name}, which is not installed",
            fix="run `uv sync --all-groups`",
        ) from error

    def allow_list(text: str) -> str:
        rendered = cmarkgfm.github_flavored_markdown_to_html(text)
        return nh3.clean(rendered, url_schemes={"https"}, tags=nh3.ALLOWED_TAGS - {"img"})

    return {
        "gatepost": lambda text: str(sanitise(text, repository=repository)),
        "nh3 on rendered HTML": allow_list,
        "regular expressions": _by_expressions,
        "html.escape": lambda text: html.escape(html.unescape(text)),
        "none": lambda text: text,
    }


def _by_expressions(text: str) -> str:
    """Filter as most actions do that filter at all: comments, tags, images, mentions, hidden characters."""
    text = re.sub("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]", "", text)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\((?!https://github\.com/)[^)]*\)", r"\1", text)
    text = re.sub(r"<(?!/?(?:details|summary|br|sub|sup|kbd)\b)[^>]*>", "", text)
    return re.sub(r"(?<![\w`])@([A-Za-z0-9][\w-]*)", r"`@\1`", text)


def _others(data: Path) -> Row:
    """Count the cases of the smaller locks, where DATA has them."""
    checks: dict[str, Callable[[Row], bool]] = {
        "runner_log": lambda row: not _COMMAND.search(log_text(row["untrusted"])),
        "file_commands": _one_entry,
        "fencing": _stays_inside,
    }
    present = {name: data / f"{name}.jsonl" for name in checks}
    return {
        name: _ratio(checks[name](row) for row in _rows(path))
        for name, path in present.items()
        if path.exists()
    }


def _smaller(data: Path) -> Iterator[tuple[Callable[[Row], object], Row]]:
    """Yield each case of the smaller locks with what answers it."""
    answers: dict[str, Callable[[Row], object]] = {
        "runner_log": lambda row: log_text(row["untrusted"]),
        "file_commands": _entry,
        "fencing": lambda row: asdict(fence(row["untrusted"])),
    }
    for name, give in answers.items():
        if (path := data / f"{name}.jsonl").exists():
            yield from ((give, row) for row in _rows(path))


def _entry(row: Row) -> str | None:
    """Return the entry for the runner, or nothing when the name was refused."""
    try:
        return file_command(row["name"], row["value"])
    except ConfigError:
        return None


def _one_entry(row: Row) -> bool:
    """Whether the entry holds exactly this value, or an illegal name was refused."""
    if (entry := _entry(row)) is None:
        return not re.fullmatch(r"[A-Za-z_][\w-]*", row["name"])
    head, *lines, end, last = entry.split("\n")
    return (
        head == f"{row['name']}<<{end}" and "\n".join(lines) == row["value"] and end not in lines and not last
    )


def _stays_inside(row: Row) -> bool:
    fenced = fence(row["untrusted"])
    parts = fenced.prompt.split(fenced.delimiter)
    return len(parts) == 3 and not parts[0] and not parts[2] and "<|" not in parts[1]


def _rows(path: Path) -> list[Row]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}", fix="name a folder with cases.jsonl and benign.jsonl"
        ) from error


def _ratio(results: Iterable[bool]) -> str:
    results = list(results)
    return f"{sum(results)}/{len(results)}"


def _show(scores: list[Score], others: Row) -> None:
    columns = ("attacks_blocked", "benign_kept", "idempotent", "ms_per_case")
    print(f"{'':24}" + "".join(f"{column.replace('_', ' '):>18}" for column in columns))
    for score in scores:
        figures = score.figures()
        print(f"{score.name:24}" + "".join(f"{figures[column]:>18}" for column in columns))
    print(f"\n{'class':24}" + "".join(f"{score.name[:16]:>18}" for score in scores))
    for name in sorted(scores[0].blocked):
        print(f"{name:24}" + "".join(f"{_ratio(score.blocked[name]):>18}" for score in scores))
    for name, ratio in others.items():
        print(f"{name:24}{ratio:>18}")


if __name__ == "__main__":
    sys.exit(main())
