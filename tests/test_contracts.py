"""Promises about the repository itself, checked without running any flow."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from gatepost.cli import VERBS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "scripts" / "gatepost"
MODULES = sorted(PACKAGE.rglob("*.py"))
ACTIONS = sorted(ROOT.glob("actions/*/action.yml"))
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
TRACKED = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
).stdout.splitlines()

# A module may import its own layer and any before it; rooms of one layer stay apart.
LAYERS = (
    {"errors", "model", "outputs", "safety"},
    {"config", "prompts", "clients", "dossier", "predictions", "report"},
    {
        "gates",
        "signals",
        "evidence",
        "analysis",
        "posts",
        "manifests",
        "drift",
        "knowledge",
        "policy",
        "audit",
    },
    {"pipeline", "flows"},
    {"cli", "relay"},
)
LAYER_OF = {name: depth for depth, names in enumerate(LAYERS) for name in names}
SIBLINGS_APART = LAYERS[2]
MAY_READ = {"evidence": {"knowledge", "drift"}, "gates": {"manifests"}}
HEAVY = {"github", "google", "jinja2", "mlflow", "numpy", "pydantic", "requests", "sklearn", "yaml"}

MODULE_LINES = 250
FUNCTION_LINES = 60


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path):
    own = room_of(path)
    if own == "__init__":
        return
    for imported in imports_of(path):
        if not imported.startswith("gatepost."):
            continue
        other = imported.split(".")[1]
        if other in ("__version__", own):
            continue
        assert LAYER_OF[other] <= LAYER_OF[own], f"{own} imports {other}, which sits above it"
        if own in SIBLINGS_APART and other in SIBLINGS_APART:
            assert other in MAY_READ.get(own, ()), f"{own} imports its sibling {other}"


def test_the_command_starts_light():
    code = "import sys, gatepost.cli; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert not HEAVY & set(loaded.split())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb):
    shown = subprocess.run(
        [sys.executable, "-m", "gatepost.cli", verb, "--help"], check=True, capture_output=True, text=True
    ).stdout
    assert "usage: gatepost" in shown


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_stay_small(path):
    text = path.read_text("utf-8")
    assert text.count("\n") <= MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_locks_make_sealed_text(path):
    if room_of(path) == "safety":
        return
    text = path.read_text("utf-8")
    assert not re.search(r"\bSEAL\b|\b(?:Redacted|SafeMarkdown)\(|\bseal=", text)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_world_is_read_at_the_edge(path):
    room = room_of(path)
    if room in {"cli", "flows", "outputs"}:
        return
    text = path.read_text("utf-8")
    assert "os.environ" not in text, "environment is read by cli, flows and outputs, and passed on"
    assert not re.search(r"datetime\.now\(|time\.time\(\)", text), "time is read by flows, and passed on"


@pytest.mark.parametrize("path", ACTIONS, ids=lambda p: p.parent.name)
def test_every_input_reaches_the_command(path):
    action = yaml.safe_load(path.read_text("utf-8"))
    steps = [s for s in action["runs"]["steps"] if "launch.sh" in s.get("run", "")]

    assert steps, "an action reaches Python through the launcher alone"
    forwarded = {value: key for step in steps for key, value in step["env"].items()}
    for name in action["inputs"]:
        variable = "GATEPOST_" + name.upper().replace("-", "_")
        assert forwarded.get(f"${{{{ inputs.{name} }}}}") == variable, f"input {name} is not forwarded"
    for step in steps:
        verb = step["run"].split("launch.sh", 1)[1].split()[2]
        assert verb in VERBS, f"{verb} is not a verb"


@pytest.mark.parametrize("path", ACTIONS, ids=lambda p: p.parent.name)
def test_every_input_and_output_says_what_it_is(path):
    action = yaml.safe_load(path.read_text("utf-8"))
    for name, item in {**action["inputs"], **action.get("outputs", {})}.items():
        assert item.get("description", "").strip().endswith("."), name


@pytest.mark.parametrize("path", [*ACTIONS, *WORKFLOWS], ids=name_of)
def test_third_party_actions_are_pinned(path):
    for uses, comment in re.findall(r"^\s*-?\s*uses:\s*(\S+)(.*)$", path.read_text("utf-8"), re.MULTILINE):
        if uses.startswith(("$/", "./")):
            continue
        assert re.search(r"@[0-9a-f]{40}$", uses), f"{uses} is not pinned to a commit"
        assert re.match(r" # v\d", comment), f"{uses} does not say its version"


@pytest.mark.parametrize("path", [*ACTIONS, *WORKFLOWS], ids=name_of)
def test_no_expression_is_pasted_into_a_script(path):
    document = yaml.safe_load(path.read_text("utf-8"))
    jobs = document.get("jobs", {"action": document.get("runs", {})})
    for job in jobs.values():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", ""), "an expression in `run` is shell injection"


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_workflows_start_with_no_permission(path):
    document = yaml.safe_load(path.read_text("utf-8"))
    assert document["permissions"] == {}
    for name, job in document["jobs"].items():
        assert "permissions" in job, f"job {name} does not say what it may do"


def test_the_project_names_no_machine_and_no_registry():
    forbidden = re.compile(
        r"/root/|/work/|bash_jobs|pypi" + r"\.org|registry\.npmjs|proxy\.golang|deb\.debian", re.IGNORECASE
    )
    own = {"uv.lock", name_of(Path(__file__))}
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name in TRACKED
        if name not in own and (ROOT / name).is_file()
        for number, line in enumerate((ROOT / name).read_text("utf-8", errors="ignore").splitlines(), 1)
        if forbidden.search(line) and "runner/work/" not in line and "/github/work" not in line
    ]
    assert found == []
