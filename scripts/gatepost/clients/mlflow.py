"""MLflow: runs, artifacts, model versions and aliases, through its own client and without loading a model."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost.clients.mlflow_errors import exception, translated
from gatepost.errors import ConfigError

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

CHALLENGER, CHAMPION = "challenger", "champion"
NOT_THERE = "RESOURCE_DOES_NOT_EXIST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One registered version of a model."""

    model: str
    number: str
    run_id: str
    source: str
    """Where its files lie: the artifact store's own address."""

    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What is to be logged, all of it plain values and files."""

    model: str
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    model_dir: Path
    files: Sequence[Path] = ()
    """Logged beside the model, at the root of the run's artifacts."""

    run_id: str = ""
    """An existing run to log into; empty for a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run holds that a training logged."""

    metrics: Mapping[str, float]
    """The last value of each."""

    params: Mapping[str, str]
    artifacts: tuple[str, ...]
    """Names of the files and folders at its root."""

    models: tuple[str, ...]
    """Identifiers of the models it logged, which do not lie among its artifacts."""


class Registry:
    """One tracking server, or a SQLite file with a folder beside it."""

    def __init__(self, uri: str, *, artifacts: Path | None = None) -> None:
        """
        Open the store at `uri`.

        `artifacts` is where a local store keeps files; a server decides that itself. Raises
        `UpstreamError` when it does not answer.
        """
        from mlflow import MlflowClient  # noqa: PLC0415 - costs seconds, and only these verbs need it

        self.uri = uri
        self._artifacts = artifacts
        with translated(self.uri, "open"):
            self._client: MlflowClient = MlflowClient(tracking_uri=uri, registry_uri=uri)

    def register(self, new: NewRun) -> Version:
        """
        Log one run, register its model as a new version and point `challenger` at it.

        A run that cannot be finished is marked as failed, so that a second try starts cleanly.
        Raises `ConfigError` when there is no model to log: the store would take nothing without a word.
        """
        if not any(path.is_file() for path in new.model_dir.rglob("*")):
            raise ConfigError(
                f"there is no file in {str(new.model_dir)!r}", fix="let the training write its model there"
            )
        with translated(self.uri, "log the run"):
            run_id = new.run_id or self._start(new)
            try:
                self._log(run_id, new)
                version = self._version(run_id, new)
                self._client.set_registered_model_alias(new.model, CHALLENGER, version.version)
                self._client.set_terminated(run_id, "FINISHED")
            except BaseException:
                self._give_up(run_id)
                raise
        return _version(version)

    def alias(self, model: str, alias: str) -> Version | None:
        """Return the version that `alias` points at, or nothing."""
        with translated(self.uri, f"read the alias {alias}"):
            try:
                return _version(self._client.get_model_version_by_alias(model, alias))
            except exception() as error:
                if error.error_code in {NOT_THERE, "INVALID_PARAMETER_VALUE"}:
                    return None
                raise

    def version(self, model: str, number: str) -> Version | None:
        """Return one version, or nothing."""
        with translated(self.uri, f"read version {number} of {model}"):
            try:
                return _version(self._client.get_model_version(model, number))
            except exception() as error:
                if error.error_code == NOT_THERE:
                    return None
                raise

    def record(self, version: Version, tags: Mapping[str, str]) -> None:
        """Write a decision into the version's tags, where everyone who reads the registry sees it."""
        with translated(self.uri, "record the decision"):
            for name, value in tags.items():
                self._client.set_model_version_tag(version.model, version.number, name, value)

    def point(self, version: Version, alias: str) -> None:
        """Make `alias` mean this version."""
        with translated(self.uri, f"move the alias {alias}"):
            self._client.set_registered_model_alias(version.model, alias, version.number)

    def fetch(self, run_id: str, path: str, *, into: Path) -> Path:
        """Download one artifact of a run. The file is data; nothing in it is loaded."""
        with translated(self.uri, f"download {path}"):
            return self._download(self._client.get_run(run_id).info.artifact_uri, path, into=into)

    def run(self, run_id: str) -> Run:
        """Return what a run holds. Raises `UpstreamError` when there is none of this id."""
        with translated(self.uri, f"read the run {run_id}"):
            found = self._client.get_run(run_id)
            listed = self._client.list_artifacts(run_id)
        logged = found.outputs.model_outputs if found.outputs else []
        return Run(
            metrics=dict(found.data.metrics),
            params=dict(found.data.params),
            artifacts=tuple(str(item.path) for item in listed),
            models=tuple(str(output.model_id) for output in logged),
        )

    def fetch_model(self, model_id: str, *, into: Path) -> None:
        """Download the files of a logged model into a new folder; they are data as well."""
        with translated(self.uri, f"download the model {model_id}"):
            into.mkdir()
            self._download(self._client.get_logged_model(model_id).artifact_location, "", into=into)

    def history(self, model: str, *, last: int) -> list[tuple[Version, dict[str, float]]]:
        """Return up to `last` versions with their metrics, oldest first."""
        with translated(self.uri, "read the history"):
            found = self._client.search_model_versions(
                f"name = '{model}'", max_results=last, order_by=["version_number DESC"]
            )
            rows = [
                (_version(v), dict(self._client.get_run(v.run_id).data.metrics)) for v in found if v.run_id
            ]
        return rows[::-1]

    def _download(self, place: str, path: str, *, into: Path) -> Path:
        """Read the artifact store itself: the client looks first in the tracking store of the environment."""
        from mlflow.store.artifact import artifact_repository_registry as stores  # noqa: PLC0415 - see above

        files = stores.get_artifact_repository(place, tracking_uri=self.uri)
        return Path(files.download_artifacts(path, str(into)))  # type: ignore[no-untyped-call]

    def _start(self, new: NewRun) -> str:
        experiment = self._client.get_experiment_by_name(new.model)
        if experiment is None:
            location = self._artifacts.resolve().as_uri() if self._artifacts is not None else None
            experiment_id = self._client.create_experiment(new.model, artifact_location=location)
        else:
            experiment_id = experiment.experiment_id
        return str(
            self._client.create_run(experiment_id, run_name=new.tags.get("commit", "")[:12]).info.run_id
        )

    def _log(self, run_id: str, new: NewRun) -> None:
        from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415 - see above

        at = self._client.get_run(run_id).info.start_time
        self._client.log_batch(
            run_id,
            metrics=[Metric(name, value, at, 0) for name, value in new.metrics.items()],
            params=[Param(name, value[:6000]) for name, value in new.params.items()],
            tags=[RunTag(name, value[:5000]) for name, value in new.tags.items()],
        )
        self._client.log_artifacts(run_id, str(new.model_dir), "model")
        with tempfile.TemporaryDirectory() as folder:
            described = Path(folder) / "MLmodel"
            described.write_text(_mlmodel(run_id, new), encoding="utf-8")
            if not (new.model_dir / "MLmodel").exists():
                self._client.log_artifact(run_id, str(described), "model")
        for file in new.files:
            self._client.log_artifact(run_id, str(file))

    def _version(self, run_id: str, new: NewRun) -> ModelVersion:
        try:
            self._client.create_registered_model(new.model)
        except exception() as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        source = f"{self._client.get_run(run_id).info.artifact_uri}/model"
        return self._client.create_model_version(
            new.model, source, run_id, tags=dict(new.tags), await_creation_for=30
        )

    def _give_up(self, run_id: str) -> None:
        try:
            self._client.set_terminated(run_id, "FAILED")
        except Exception as error:  # noqa: BLE001 - the first error is the one to tell
            del error


def _version(found: ModelVersion) -> Version:
    return Version(
        model=str(found.name),
        number=str(found.version),
        run_id=str(found.run_id or ""),
        source=str(found.source),
        tags=dict(found.tags),
    )


def _mlmodel(run_id: str, new: NewRun) -> str:
    """Describe the model for MLflow: its signature when the training wrote one, and no loader."""
    import json  # noqa: PLC0415 - only here

    import yaml  # noqa: PLC0415 - only here

    signature = new.model_dir / "signature.json"
    document: dict[str, Any] = {"run_id": run_id, "flavors": {}, "artifact_path": "model"}
    if signature.is_file():
        shape = json.loads(signature.read_text("utf-8"))
        document["signature"] = {key: json.dumps(shape[key]) for key in ("inputs", "outputs") if key in shape}
    return yaml.safe_dump(document, sort_keys=False)
