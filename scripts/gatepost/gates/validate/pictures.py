"""Pictures for the validation report: metrics through the versions, confusion, calibration, slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost.config.contract import Threshold
from gatepost.gates.validate.gate import Slice
from gatepost.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 10
MOST_CLASSES = 20
INK, ACCENT, QUIET, BAD = "#1f2328", "#0969da", "#8c959f", "#cf222e"


def draw(
    folder: Path,
    *,
    history: Sequence[tuple[str, Mapping[str, float]]],
    thresholds: Mapping[str, Threshold],
    predictions: Predictions,
    champion: str,
    slices: Sequence[Slice],
) -> tuple[Path, ...]:
    """
    Write the pictures as PNG files into `folder`; return those that there was something to draw for.

    `history` is version number and metrics, oldest first, the challenger last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in thresholds:
        if any(name in metrics for _, metrics in history):
            written.append(
                _history(folder / f"history-{name}.png", name, history, thresholds[name], champion)
            )
    if 1 < len(set(predictions.labels)) <= MOST_CLASSES:
        written.append(_confusion(folder / "confusion.png", predictions))
    if predictions.probability is not None and set(predictions.labels) <= {"0", "1"}:
        written.append(_calibration(folder / "calibration.png", predictions))
    if slices:
        written.append(_slices(folder / "slices.png", slices))
    return tuple(written)


def _history(
    path: Path,
    name: str,
    history: Sequence[tuple[str, Mapping[str, float]]],
    limit: Threshold,
    champion: str,
) -> Path:
    known = [(version, metrics[name]) for version, metrics in history if name in metrics]
    with _Sheet(path, title=f"{name} through the versions", width=max(4.5, 0.5 * len(known))) as axes:
        versions = [version for version, _ in known]
        values = [value for _, value in known]
        axes.plot(versions, values, color=QUIET, zorder=1)
        colours = [ACCENT if v == versions[-1] else INK if v == champion else QUIET for v in versions]
        axes.scatter(versions, values, c=colours, s=45, zorder=2)
        for bound, word in ((limit.least, "least"), (limit.most, "most")):
            if bound is not None:
                axes.axhline(bound, color=BAD, linestyle="--", linewidth=1)
                axes.annotate(
                    f"at {word} {bound:g}", (0.01, bound), xycoords=("axes fraction", "data"),
                    textcoords="offset points", xytext=(0, 3), color=BAD,
                )  # fmt: skip
        axes.annotate(
            "challenger", (versions[-1], values[-1]), textcoords="offset points", xytext=(-4, 8), ha="right"
        )
        axes.margins(y=0.25)  # room for the words above the highest point
        axes.set_xlabel("version")
    return path


def _confusion(path: Path, predictions: Predictions) -> Path:
    classes = sorted(set(predictions.labels) | set(predictions.predicted))[:MOST_CLASSES]
    counts = Counter(zip(predictions.labels, predictions.predicted, strict=True))
    grid = [[counts[label, said] for said in classes] for label in classes]
    most = max(max(row) for row in grid)
    with _Sheet(path, title="confusion", width=1.6 + 0.8 * len(classes)) as axes:
        axes.imshow(grid, cmap="Blues")
        for y, row in enumerate(grid):
            for x, count in enumerate(row):
                axes.text(
                    x, y, str(count), ha="center", va="center", color="white" if count > most / 2 else INK
                )
        axes.set_xticks(range(len(classes)), classes)
        axes.set_yticks(range(len(classes)), classes)
        axes.set_xlabel("predicted")
        axes.set_ylabel("label")
    return path


def calibration(predictions: Predictions) -> list[tuple[float, float, int]]:
    """Return mean probability, share of positives and count for each non-empty tenth of 0..1."""
    groups: dict[int, list[tuple[float, float]]] = {}
    for p, label in zip(predictions.probability or (), predictions.labels, strict=True):
        groups.setdefault(min(int(p * BINS), BINS - 1), []).append((p, float(label)))
    return [
        (sum(p for p, _ in g) / len(g), sum(y for _, y in g) / len(g), len(g))
        for _, g in sorted(groups.items())
    ]


def _calibration(path: Path, predictions: Predictions) -> Path:
    points = calibration(predictions)
    largest = max(count for _, _, count in points)
    with _Sheet(path, title="calibration") as axes:
        axes.plot([0, 1], [0, 1], color=QUIET, linestyle="--", linewidth=1)
        axes.plot([p for p, _, _ in points], [y for _, y, _ in points], color=ACCENT)
        axes.scatter(
            [p for p, _, _ in points],
            [y for _, y, _ in points],
            s=[20 + 120 * n / largest for _, _, n in points],
            color=ACCENT,
        )
        axes.set_xlabel("predicted probability")
        axes.set_ylabel("share of positives")
    return path


def _slices(path: Path, slices: Sequence[Slice]) -> Path:
    with _Sheet(path, title="accuracy by slice", height=1.2 + 0.35 * len(slices)) as axes:
        names = [f"{s.name} ({s.rows})" for s in slices]
        axes.barh(names, [s.accuracy for s in slices], color=ACCENT)
        for y, part in enumerate(slices):
            axes.text(part.accuracy, y, f" {part.accuracy:.3f}", va="center")
        axes.set_xlim(0, 1.12)
        axes.invert_yaxis()
    return path


class _Sheet:
    """One figure without a display, closed and written at the end."""

    def __init__(self, path: Path, *, title: str, width: float = 4.5, height: float = 3.4) -> None:
        from matplotlib.figure import Figure  # noqa: PLC0415 - costs seconds, and only this gate draws

        self._path = path
        self._figure = Figure(figsize=(width, height), dpi=120, layout="constrained")
        self._axes: Axes = self._figure.subplots()
        self._axes.set_title(title, color=INK, fontsize=11)
        self._axes.spines[["top", "right"]].set_visible(False)

    def __enter__(self) -> Axes:
        return self._axes

    def __exit__(self, *_: object) -> None:
        # No date in the file: the same values give the same bytes.
        self._figure.savefig(self._path, metadata={"Software": None})
