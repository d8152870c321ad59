"""What a repository decides about its explanations: its settings, its prompts, its model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from gatepost import config, prompts
from gatepost.analysis.gemini import GeminiAnalyst
from gatepost.clients.gemini import Access, Gemini
from gatepost.clients.github import GitHub
from gatepost.config import Config
from gatepost.errors import ConfigError, GatepostError
from gatepost.report.earlier import Earlier

_KEYS = ("GATEPOST_GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY")
_MOST_PROMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force, and what is wrong with those that a person wrote."""

    config: Config
    prompts: Mapping[str, bytes] = field(default_factory=dict)
    """Prompt files that replace ours, by file name."""

    notes: tuple[str, ...] = ()
    """Sentences for the reader of the answer, where defaults had to serve."""

    problem: ConfigError | None = None
    """A fault a person can correct; to be raised when all there is to say has been said."""


def local_settings(name: str, env: Mapping[str, str]) -> Settings:
    """Read the settings file a person names, else that of the folder they stand in."""
    try:
        found = _named(name, env) if name else config.read(Path(), env=env)
    except ConfigError as error:
        return _defaults(env, error)
    return _with_prompts(found, prompts.overrides(Path()))


def repository_settings(hub: GitHub, env: Mapping[str, str]) -> Settings:
    """
    Read the settings of the repository's default branch, through the API.

    Never those of the failing commit: a pull request does not decide who is told of its failure.
    """
    try:
        data = hub.file(config.FILE) or b""
        replaced = _read_prompts(hub)
    except GatepostError as error:
        note = f"The settings could not be read, so the defaults hold: {error.what}."
        return Settings(config=config.parse(b"", env=env), notes=(note,))
    try:
        return _with_prompts(config.parse(data, env=env), replaced)
    except ConfigError as error:
        return _defaults(env, error)


def _with_prompts(found: Config, replaced: Mapping[str, bytes]) -> Settings:
    """Check the prompt files now, so that a fault in one is told though no model may be asked."""
    try:
        prompts.refuse_strangers(replaced)
        for name in replaced:
            prompts.load(name.removesuffix(prompts.SUFFIX), replaced=replaced)
    except ConfigError as error:
        note = f"The repository's prompts could not be used, so ours are: {error.what}."
        return Settings(config=found, notes=(note,), problem=error)
    return Settings(config=found, prompts=replaced)


def _defaults(env: Mapping[str, str], error: ConfigError) -> Settings:
    note = f"The settings could not be used, so the defaults hold: {error.what}."
    return Settings(config=config.parse(b"", env=env), notes=(note,), problem=error)


def _read_prompts(hub: GitHub) -> dict[str, bytes]:
    names = [name for name in hub.folder(prompts.OVERRIDES) if name.endswith(prompts.SUFFIX)]
    files = {name: hub.file(f"{prompts.OVERRIDES}/{name}") for name in names[:_MOST_PROMPTS]}
    return {name: data for name, data in files.items() if data is not None}


def _named(name: str, env: Mapping[str, str]) -> Config:
    try:
        return config.parse(Path(name).read_bytes(), env=env, name=name)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigError(f"{name} cannot be read: {why}", fix="pass a readable file") from error


def key_of(env: Mapping[str, str]) -> str:
    """Return the Gemini API key: the action's input, else what a person's shell has."""
    return next((env[name].strip() for name in _KEYS if env.get(name, "").strip()), "")


def model_analyst(
    settings: Settings,
    env: Mapping[str, str],
    *,
    name: str = "",
    earlier: Mapping[str, Earlier] | None = None,
) -> GeminiAnalyst | None:
    """Wire the model that `name` or the settings say; `None` when there is neither key nor project."""
    chosen = settings.config.model
    if name:
        chosen = replace(chosen, name=name)
    if not chosen.enabled or not (key_of(env) or chosen.project):
        return None
    access = Access(
        key=key_of(env),
        project=chosen.project,
        location=chosen.location,
        base_url=env.get("GOOGLE_GEMINI_BASE_URL", ""),
    )
    return GeminiAnalyst(
        model=Gemini(chosen.name, access=access, deadline_s=chosen.deadline_s),
        prompt=partial(prompts.load, replaced=settings.prompts),
        input_tokens=chosen.input_tokens,
        output_tokens=chosen.output_tokens,
        earlier={} if earlier is None else earlier,
    )
