"""
Prompt files: front matter declares, Jinja renders, and what a file wants must be exactly what it uses.

A repository may replace any of them by a file of the same name under `.gatepost/prompts/`. Such a
file is data like any other: it is rendered in a sandbox and can reach only the values it declares.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gatepost.config.document import Document
from gatepost.errors import ConfigError
from gatepost.model import FailureType

if TYPE_CHECKING:
    from jinja2 import Template

BUILT_IN = Path(__file__).parents[2] / "triage_prompts"
OVERRIDES = ".gatepost/prompts"
SUFFIX = ".md.j2"
MOST_BYTES = 32 * 1024

KINDS = {
    "security-scan": (FailureType.SAST, FailureType.SCA, FailureType.SECRETS, FailureType.CONTAINER),
    "test-failure": (FailureType.TEST,),
    "model-validation": (FailureType.MODEL_VALIDATION, FailureType.TRAINING),
    "lint": (FailureType.LINT,),
    "build": (FailureType.BUILD, FailureType.DEPENDENCY, FailureType.WORKFLOW),
    "deploy": (FailureType.DEPLOY,),
    "infrastructure": (FailureType.INFRASTRUCTURE, FailureType.TIMEOUT),
    "general": (FailureType.UNKNOWN,),
}
"""Which file explains which failure types."""

_GRAMMAR = frozenset(
    {"And", "Compare", "Const", "If", "Name", "Not", "Operand", "Or", "Output", "TemplateData"}
)
"""The parts of Jinja a prompt may use. Without calls, filters, loops and sums none can grow or reach out."""

OFFERED = ("causes", "evidence", "run")
"""What a prompt may want: the causes the rules found, the evidence, and the run, each already fenced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt file."""

    name: str
    """Kind, such as `test-failure`."""

    version: int
    about: str
    wants: frozenset[str]
    template: Template
    file: str
    """What to call it in an error."""

    def render(self, **values: str) -> str:
        """Fill the template, refusing missing and surplus values alike."""
        if odd := self.wants ^ values.keys():
            missing, surplus = sorted(odd & self.wants), sorted(odd - self.wants)
            said = [f"lacks {', '.join(missing)}"] * bool(missing) + [
                f"does not want {', '.join(surplus)}"
            ] * bool(surplus)
            raise ConfigError(
                f"{self.file} {' and '.join(said)}", fix="give it exactly what its front matter `wants`"
            )
        return _rendered(self.template, values, file=self.file)


def kind_of(failure: FailureType) -> str:
    """Return the kind of prompt that explains `failure`."""
    return next((kind for kind, failures in KINDS.items() if failure in failures), "general")


def overrides(root: Path) -> dict[str, bytes]:
    """Read the prompt files that a checkout replaces; a link is not followed."""
    folder = root / OVERRIDES
    if not folder.is_dir() or folder.is_symlink():
        return {}
    files = sorted(p for p in folder.iterdir() if p.name.endswith(SUFFIX) and not p.is_symlink())
    return {path.name: _head(path) for path in files}


def load(kind: str, *, replaced: Mapping[str, bytes]) -> Prompt:
    """Read the prompt of one kind: from `replaced`, by file name, else the one that comes with gatepost."""
    refuse_strangers(replaced)
    name = f"{kind}{SUFFIX}"
    if name in replaced:
        return parse(replaced[name], kind=kind, file=f"{OVERRIDES}/{name}")
    try:
        return parse(_head(BUILT_IN / name), kind=kind, file=f"triage_prompts/{name}")
    except OSError as error:
        raise ConfigError(
            f"the prompt file {name} is not installed ({error.strerror})",
            fix="run gatepost from its checkout, as its actions do",
        ) from error


def refuse_strangers(names: Iterable[str]) -> None:
    """Raise `ConfigError` for a file that replaces no prompt: it would be ignored without a word."""
    known = [f"{kind}{SUFFIX}" for kind in KINDS]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise ConfigError(
                f"{OVERRIDES}/{name} replaces no prompt",
                fix=f"name it {near[0]}" if near else f"use one of {', '.join(known)}",
            )


class _Front(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: Annotated[int, Field(ge=1)]
    about: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    wants: Annotated[list[str], Field(min_length=1, max_length=len(OFFERED))]


def parse(data: bytes, *, kind: str, file: str) -> Prompt:
    """Read one prompt file; every fault is a `ConfigError` that names the file and the line."""
    front, body, first_line = _split(data, file=file)
    document = Document.read(front, name=file, first_line=2)
    try:
        meta = _Front.model_validate(document.value)
    except ValidationError as error:
        raise document.explain(error, keys={(): tuple(_Front.model_fields)}) from error
    document.refuse_other_items(("wants",), OFFERED)
    wants = frozenset(meta.wants)
    template, used = _compiled(body, file=file, first_line=first_line)
    if odd := wants ^ used:
        name = sorted(odd)[0]
        what = (
            f"declares `{name}` but does not use it"
            if name in wants
            else f"uses `{name}` but does not declare it"
        )
        raise ConfigError(
            f"{file} {what}", fix=f"make `wants` [{', '.join(sorted(used))}], or change the text"
        )
    return Prompt(
        name=kind, version=meta.version, about=meta.about, wants=wants, template=template, file=file
    )


def _split(data: bytes, *, file: str) -> tuple[str, str, int]:
    """Split a file into front matter, template and the line the template begins at."""
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{file} has more than {MOST_BYTES} bytes", fix="shorten the prompt")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 at byte {error.start}", fix="save it as UTF-8") from error
    opening, found, rest = text.partition("---\n")
    front, closed, body = rest.partition("\n---\n")
    if opening or not found or not closed:
        raise ConfigError(
            f"{file}:1 has no front matter", fix="begin with a `---` block of version, about and wants"
        )
    return front, body, front.count("\n") + 4


def _compiled(body: str, *, file: str, first_line: int) -> tuple[Template, frozenset[str]]:
    """Compile the template in a sandbox; return it and the names it uses."""
    import jinja2  # noqa: PLC0415 - 0.1 s that only a verb with a model needs
    from jinja2 import meta  # noqa: PLC0415 - as above
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    environment.globals.clear()
    try:
        tree = environment.parse(body)
        for node in tree.find_all(jinja2.nodes.Node):
            if (what := type(node).__name__) not in _GRAMMAR:
                raise ConfigError(
                    f"{file}:{node.lineno + first_line - 1} uses Jinja's {what}, of no use to a prompt",
                    fix="use values and conditions only",
                )
        return environment.from_string(body), frozenset(meta.find_undeclared_variables(tree))
    except jinja2.TemplateSyntaxError as error:
        raise ConfigError(
            f"{file}:{error.lineno + first_line - 1} is not a Jinja template: {error.message}",
            fix="correct that line",
        ) from error


def _rendered(template: Template, values: Mapping[str, str], *, file: str) -> str:
    import jinja2  # noqa: PLC0415 - loaded by now

    try:
        return template.render(values)
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
        raise ConfigError(f"{file} cannot be rendered: {error}", fix="correct the expression") from error


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
