"""The `gatepost` command: parse, call one verb, print its errors, set the exit code."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from gatepost import __version__
from gatepost.errors import GatepostError

# verb -> (module, help). A module loads only when its verb is called: google-genai
# alone costs over a second to import, mlflow more than four.
VERBS = {
    "triage": ("gatepost.flows.triage", "explain a failed run, or a log file"),
    "post": ("gatepost.flows.post", "post a report that `triage` wrote"),
    "check": ("gatepost.flows.check", "lint and test a repository"),
    "scan": ("gatepost.flows.scan", "run every security scanner, one verdict"),
    "train": ("gatepost.flows.train", "run a training within limits and register its model"),
    "validate": ("gatepost.flows.validate", "hold a trained model to its thresholds and to the champion"),
    "promote": ("gatepost.flows.promote", "make the version that was decided on the champion"),
    "image": ("gatepost.flows.image", "build an image, look inside, push it, name its digest"),
    "seal": ("gatepost.flows.seal", "digest a folder that travels between jobs, or check it"),
    "report": ("gatepost.flows.report", "tell a delivery's gates, metrics and findings in one report"),
    "distil": ("gatepost.flows.distil", "print the lines of a log that state the cause"),
    "redact": ("gatepost.flows.redact", "filter secrets out of text"),
    "sanitise": ("gatepost.flows.sanitise", "filter markdown down to what cannot act"),
    "bump": ("gatepost.flows.bump", "change one value in a YAML file, and not one other byte"),
    "handoff": ("gatepost.flows.handoff", "write a version into the manifests repository"),
}

log = logging.getLogger("gatepost")


class Flow(Protocol):
    """What each module of `gatepost.flows` that is a verb offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's own arguments."""

    def run(self, args: argparse.Namespace, env: Mapping[str, str]) -> int:
        """Do it. Return the exit code: 0, or 1 for a failed gate."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Exit codes are listed in `gatepost.errors`; 1 is a failed gate."""
    argv = list(sys.argv[1:] if argv is None else argv)
    args, flow = _parse(argv)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    log.setLevel(os.environ.get("GATEPOST_LOG_LEVEL", "WARNING").upper())
    try:
        return flow.run(args, os.environ)
    except GatepostError as error:
        log.debug("stopped by", exc_info=error)
        print(_annotation(error), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader (`head`, say) has seen enough; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parse(argv: Sequence[str]) -> tuple[argparse.Namespace, Flow]:
    parser = argparse.ArgumentParser(prog="gatepost", description="Gates what ships, explains what breaks.")
    parser.add_argument("--version", action="version", version=f"gatepost {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    chosen = next((word for word in argv if not word.startswith("-")), "")
    flow: Flow | None = None
    for name, (module, text) in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == chosen:
            flow = cast("Flow", importlib.import_module(module))
            flow.add_arguments(verb)
    args = parser.parse_args(argv)
    assert flow is not None  # noqa: S101 - argparse exits unless a verb was chosen
    return args, flow


def _annotation(error: GatepostError) -> str:
    """Format `error` so that GitHub pins it to the run, and a terminal still reads well."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return f"gatepost: {error}"
    escaped = str(error).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error title=gatepost::{escaped}"


if __name__ == "__main__":
    sys.exit(main())
