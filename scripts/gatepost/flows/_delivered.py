"""What the jobs of a delivery left behind: verdicts, the validation, and how GitHub says each job ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gatepost.errors import ConfigError, GatepostError
from gatepost.model import Finding, Level, Verdict
from gatepost.posts.delivery import Gate, Numbers, State
from gatepost.posts.validation import MetricRow
from gatepost.safety import redact
from gatepost.safety.limits import read_json

MOST_BYTES = 4 * 1024 * 1024
"""Of one file; a gate's own are a hundredth of it."""

MOST_FINDINGS = 5_000
MOST_SHOWN = 60
"""Metrics, and versions of the history."""

JOBS = {
    "check": ("check",),
    "scan": ("scan",),
    "train": ("train", "validate"),
    "image": ("image",),
    "handoff": ("handoff",),
}
"""Which gates each job of deliver.yml asks, in order."""

# Not every delivery has these: nothing is named to push or hand off, the champion stays, or it is a proposal.
OPTIONAL = ("image", "handoff")

_Word = Annotated[str, StringConstraints(max_length=200)]
_Text = Annotated[str, StringConstraints(max_length=20_000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


_S = TypeVar("_S", bound=_Shape)


class _FindingShape(_Shape):
    rule: _Word
    level: Level
    message: _Text
    path: Annotated[str, StringConstraints(max_length=4_096)] = ""
    line: Annotated[int, Field(ge=0, le=10**9)] = 0
    tools: Annotated[tuple[_Word, ...], Field(max_length=20)] = ()


class _VerdictShape(_Shape):
    gate: _Word
    facts: Annotated[dict[_Word, _Text], Field(max_length=200)] = {}
    findings: Annotated[tuple[_FindingShape, ...], Field(max_length=MOST_FINDINGS)] = ()


class _JobShape(_Shape):
    result: Literal["success", "failure", "cancelled", "skipped"]


class _JobsShape(_Shape):
    jobs: Annotated[dict[_Word, _JobShape], Field(max_length=256)]


class _Bound(_Shape):
    least: float | None = None
    most: float | None = None


class _DecisionShape(_Shape):
    reason: _Text = ""


class _VersionShape(_Shape):
    version: _Word
    metrics: Annotated[dict[_Word, float], Field(max_length=500)]


class _NumbersShape(_Shape):
    version: _Word
    champion: _Word | None = None
    decision: _DecisionShape = _DecisionShape()
    thresholds: Annotated[dict[_Word, _Bound], Field(max_length=500)] = {}
    history: Annotated[tuple[_VersionShape, ...], Field(max_length=1_000)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The folder the artifacts were downloaded to, and what GitHub says of the jobs."""

    folder: Path
    jobs: Mapping[str, str]
    """Result by job id; empty when unknown, as on a laptop."""

    secrets: Collection[str]

    @classmethod
    def read(cls, folder: Path, *, needs: str, secrets: Collection[str]) -> Delivered:
        """Take the `needs` context as JSON. Raises `ConfigError` when it is none."""
        data = b'{"jobs": ' + (needs.strip() or "{}").encode() + b"}"
        try:
            document = read_json(data, what="needs", max_bytes=MOST_BYTES)
            jobs = {name: job.result for name, job in _JobsShape.model_validate(document).jobs.items()}
        except ValidationError as error:
            raise ConfigError(
                f"needs is no context of jobs: {error.errors()[0]['msg'].lower()}",
                fix="pass `needs: ${{ toJSON(needs) }}`",
            ) from error
        return cls(folder=folder, jobs=jobs, secrets=secrets)

    def gates(self) -> tuple[Gate, ...]:
        """Return every gate with what became of it, in the order they are asked."""
        found: list[Gate] = []
        well = {State.PASSED, State.UNTOLD}
        for job, names in JOBS.items():
            reached = True
            for name in names:
                gate = self._gate(name, self.jobs.get(job, ""), reached=reached)
                reached = gate.state in well
                if (
                    gate.state is State.NOT_REACHED
                    and name in OPTIONAL
                    and all(g.state in {*well, State.NOT_ASKED} for g in found)
                ):
                    gate = replace(gate, state=State.NOT_ASKED)
                found.append(gate)
        return tuple(found)

    def broken_after_gates(self, gates: Collection[Gate]) -> list[str]:
        """Name the jobs that failed though each of their gates passed: an upload or a seal, say."""
        passed = {gate.name for gate in gates if gate.state is State.PASSED}
        return [
            f"The job {job} failed although its gates passed; its log says why."
            for job, result in self.jobs.items()
            if result == "failure" and passed.issuperset(JOBS.get(job, ()))
        ]

    def numbers(self) -> Numbers | None:
        """Return the validation of the model, if there was one. Raises `ConfigError` for a file not ours."""
        found = self._file("validation.json")
        if found is None:
            return None
        shape = _shaped(_NumbersShape, found)
        of = {item.version: item.metrics for item in shape.history}
        theirs = of.get(shape.champion or "", {})
        shown = next(iter(shape.thresholds), next(iter(of.get(shape.version, {})), ""))
        drawn = shape.thresholds.get(shown, _Bound())
        rows = tuple(
            MetricRow(
                name=self._clean(n),
                challenger=v,
                champion=theirs.get(n),
                limit=_limit(shape.thresholds.get(n)),
            )
            for n, v in list(of.get(shape.version, {}).items())[:MOST_SHOWN]
        )
        return Numbers(
            metrics=rows,
            history=tuple((item.version, item.metrics) for item in shape.history[-MOST_SHOWN:]),
            shown=shown,
            limit=drawn.least if drawn.least is not None else drawn.most,
            reason=self._clean(shape.decision.reason),
        )

    def _gate(self, name: str, result: str, *, reached: bool) -> Gate:
        try:
            verdict = self._verdict(name)
        except GatepostError as error:
            return Gate(name=name, state=State.UNDECIDED, note=f"its verdict cannot be read: {error.what}")
        if verdict is not None:
            state = State.PASSED if verdict.passed else State.STOPPED
            return Gate(name=name, state=state, verdict=verdict)
        if result == "cancelled":
            return Gate(name=name, state=State.CANCELLED)
        if result == "failure" and reached:
            return Gate(name=name, state=State.UNDECIDED, note="no verdict; the log of its job says why")
        if result == "success" and reached:
            return Gate(name=name, state=State.UNTOLD)
        return Gate(name=name, state=State.NOT_REACHED)

    def _verdict(self, name: str) -> Verdict | None:
        found = self._file(f"{name}.json")
        if found is None:
            return None
        shape = _shaped(_VerdictShape, found)
        if shape.gate != name:
            raise ConfigError(
                f"{found.name} is a verdict of {shape.gate!r}", fix="look at who wrote the artifact"
            )
        return Verdict(
            gate=name,
            facts=tuple((self._clean(key), self._clean(value)) for key, value in shape.facts.items()),
            findings=tuple(
                Finding(
                    rule=self._clean(f.rule),
                    level=f.level,
                    message=self._clean(f.message),
                    path=self._clean(f.path),
                    line=f.line,
                    tools=f.tools,
                )
                for f in shape.findings
            ),
        )

    def _file(self, name: str) -> Path | None:
        """Find a file in the folder itself or in one of its artifacts. Two of one name are refused."""
        found = [p for p in (self.folder / name, *self.folder.glob(f"*/{name}")) if p.is_file()]
        if len(found) > 1 or (found and found[0].is_symlink()):
            raise ConfigError(
                f"there are {len(found)} files {name}, or a link", fix="look at who wrote the artifacts"
            )
        return found[0] if found else None

    def _clean(self, text: str) -> str:
        return str(redact(text, known=self.secrets))


def _shaped(shape: type[_S], path: Path) -> _S:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        return shape.model_validate(read_json(data, what=path.name, max_bytes=MOST_BYTES))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{path.name} is not one of ours: {where}: {first['msg'].lower()}",
            fix="let the same version write and read it",
        ) from error


def _limit(bound: _Bound | None) -> str:
    if bound is None:
        return ""
    bounds = (("≥", bound.least), ("≤", bound.most))
    return ", ".join(f"{sign} {value:g}" for sign, value in bounds if value is not None)
