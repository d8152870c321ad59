"""What a model said about its test set, row by row: the file that training leaves and validation reads."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gatepost.errors import ConfigError

MAX_BYTES = 512 * 1024 * 1024
NEEDED = ("label", "prediction")
RUN_AGAIN = "mend what the training script writes (docs/train.md has the format), and run it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Columns of one length, in the order of the test set."""

    keys: tuple[str, ...]
    """The first column: what identifies a row in both the challenger's and the champion's file."""

    labels: tuple[str, ...]
    predicted: tuple[str, ...]
    probability: tuple[float, ...] | None
    """Of the positive class, from 0 to 1; `None` when the file has no such column."""

    slices: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a CSV file with a header. Raises `ConfigError` naming file, line and value."""
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ConfigError(
                    f"{path.name} has more than {MAX_BYTES} bytes", fix="score a smaller test set"
                )
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                header = next(rows, [])
                _check_header(header, path.name)
                table = [_checked(row, header, path.name, rows.line_num) for row in rows if row]
        except OSError as error:
            raise ConfigError(f"{path.name} cannot be read: {error.strerror}", fix=RUN_AGAIN) from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise ConfigError(f"{path.name} is not UTF-8 CSV: {error}", fix=RUN_AGAIN) from error
        columns = dict(zip(header, map(tuple, zip(*table, strict=True)), strict=True)) if table else {}
        return cls._from(header, columns, path.name)

    @classmethod
    def _from(cls, header: Sequence[str], columns: Mapping[str, tuple[str, ...]], name: str) -> Self:
        keys = columns.get(header[0], ())
        if len(set(keys)) != len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ConfigError(
                f"{name}: {header[0]} {twice!r} stands in two rows", fix="give each row its own key"
            )
        given = columns.get("probability")
        return cls(
            keys=keys,
            labels=columns.get("label", ()),
            predicted=columns.get("prediction", ()),
            probability=None if given is None else tuple(map(float, given)),
            slices={n: columns.get(n, ()) for n in header[1:] if n not in {*NEEDED, "probability"}},
        )

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def accuracy(self) -> float:
        """Share of rows whose prediction is the label; NaN without rows."""
        right = sum(a == b for a, b in zip(self.labels, self.predicted, strict=True))
        return right / len(self) if self.keys else math.nan


def _check_header(header: Sequence[str], name: str) -> None:
    if missing := [column for column in NEEDED if column not in header[1:]]:
        raise ConfigError(
            f"{name} has no column {missing[0]!r} after the key; it has {header[:10]}", fix=RUN_AGAIN
        )
    if len(set(header)) != len(header):
        raise ConfigError(f"{name} has two columns of one name: {header[:10]}", fix=RUN_AGAIN)


def _checked(row: list[str], header: Sequence[str], name: str, line: int) -> list[str]:
    if len(row) != len(header):
        raise ConfigError(f"{name}:{line} has {len(row)} fields, the header {len(header)}", fix=RUN_AGAIN)
    if "probability" in header:
        given = row[header.index("probability")]
        try:
            ok = 0.0 <= float(given) <= 1.0
        except ValueError:
            ok = False
        if not ok:
            raise ConfigError(f"{name}:{line}: probability is {given[:40]!r}, not from 0 to 1", fix=RUN_AGAIN)
    return row
