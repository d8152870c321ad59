"""
Explains and posts many failures, one after the other, as the two jobs of the workflow would.

Reads from standard input one JSON list of cases; writes one JSON line with what it saw. Every
address the process connects to or looks up is noted by the interpreter itself, below any library.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydantic  # noqa: F401 - loaded before the hook, which would slow its start

from gatepost.errors import GatepostError
from gatepost.flows import post, triage


def main() -> None:
    """Go through the cases."""
    reached: set[str] = set()
    sys.addaudithook(lambda event, args: _note(event, args, reached))
    results = [_case(case) for case in json.load(sys.stdin)]
    json.dump({"results": results, "reached": sorted(reached)}, sys.stdout)


def _note(event: str, args: tuple[Any, ...], reached: set[str]) -> None:
    if event == "socket.connect":
        host, port = args[1][:2] if isinstance(args[1], tuple) else (args[1], "")
        reached.add(f"{host}:{port}")
    elif event == "socket.getaddrinfo":
        reached.add(f"{args[0]}:{args[1]}")
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        reached.add(f"{event} {args[0]!r}")


def _case(case: Mapping[str, Any]) -> dict[str, Any]:
    folder = Path(case["folder"])
    report = folder / "gatepost-report.json"
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        explained = _verb(triage, ["--report", str(report)], case["explain"])
        posted = _verb(post, [], {**case["post"], "GATEPOST_REPORT": str(report)})
    (folder / "log.txt").write_text(said.getvalue())
    return {"explained": explained, "posted": posted}


def _verb(flow: Any, argv: list[str], env: Mapping[str, str]) -> str:
    parser = argparse.ArgumentParser()
    flow.add_arguments(parser)
    try:
        return str(flow.run(parser.parse_args(argv), env))
    except GatepostError as error:
        return str(error)


if __name__ == "__main__":
    main()
