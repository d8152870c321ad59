"""What a team has decided to live with: suppressions with a reason and an end, and a baseline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from gatepost.config import Suppression
from gatepost.errors import ConfigError
from gatepost.gates.scan.flaw import Flaw

BASELINE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The flaws that were there when the gate was switched on; they are shown and do not stop."""

    identities: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a file that `render` made. Raises `ConfigError` for anything else."""
        try:
            document = json.loads(path.read_text("utf-8"))
            identities = frozenset(str(item["id"]) for item in document["flaws"])
            version = document["version"]
        except FileNotFoundError as error:
            raise ConfigError(
                f"there is no baseline at {str(path)!r}",
                fix="make one with `gatepost scan --write-baseline`, or drop scan.baseline",
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{str(path)!r} is not a baseline: {error}",
                fix="make it anew with `gatepost scan --write-baseline`",
            ) from error
        if version != BASELINE_VERSION:
            raise ConfigError(
                f"{str(path)!r} is a baseline of version {version!r}, not {BASELINE_VERSION}",
                fix="make it anew with `gatepost scan --write-baseline`",
            )
        return cls(identities=identities)


def covers(suppression: Suppression, flaw: Flaw, *, today: date) -> bool:
    """Say whether `suppression` holds for `flaw` today."""
    return (
        today <= suppression.expires
        and fnmatchcase(flaw.rule, suppression.rule)
        and fnmatchcase(flaw.path, suppression.path)
    )


def render(flaws: Iterable[Flaw]) -> str:
    """Return a baseline file: sorted, one flaw a line, no snippet and so no secret in it."""
    rows = sorted(
        ({"id": f.identity, "rule": f.rule, "path": f.path} for f in flaws),
        key=lambda row: (row["path"], row["rule"], row["id"]),
    )
    unique = list({row["id"]: row for row in rows}.values())
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in unique)
    return f'{{"version": {BASELINE_VERSION}, "flaws": [\n{lines}\n]}}\n'


def expired(suppressions: Sequence[Suppression], *, today: date) -> list[Suppression]:
    """Return the decisions whose day has passed, so that the report can ask for them."""
    return [s for s in suppressions if s.expires < today]
