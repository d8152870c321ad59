"""The real scanners on small flawed trees."""

from __future__ import annotations

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gatepost.errors import ConfigError, UpstreamError
from gatepost.gates.scan.flaw import Scanner, Severity, Target
from gatepost.gates.scan.gate import scan
from gatepost.gates.scan.tools.bandit import Bandit
from gatepost.gates.scan.tools.gitleaks import Gitleaks
from gatepost.gates.scan.tools.pip_audit import PipAudit
from gatepost.gates.scan.tools.semgrep import Semgrep
from gatepost.gates.scan.tools.snyk import Snyk
from gatepost.gates.scan.tools.zizmor import Zizmor
from tests.tools import tool


def tree(root: Path, *, prefix: str | None = None, **files: str) -> Target:
    names = {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}
    for name, text in names.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Target(root=root, files=tuple(sorted(names)), prefix=prefix)


def git(root: Path, *args: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *args], cwd=root, check=True, capture_output=True)


def test_bandit_reports_the_line_and_the_weakness(tmp_path):
    target = tree(tmp_path, a_dot_py="import subprocess\nsubprocess.run(cmd, shell=True)\n")

    flaws = Bandit().scan(target)

    assert [(f.rule, f.path, f.line, f.cwe, f.severity) for f in flaws] == [
        ("B602", "a.py", 2, 78, Severity.HIGH)
    ]
    assert flaws[0].snippet.startswith("subprocess.run")


@pytest.mark.parametrize("scanner", [Bandit(), Semgrep()], ids=lambda s: s.name)
def test_a_file_that_cannot_be_parsed_is_an_error_not_a_pass(tmp_path, scanner):
    target = tree(tmp_path, broken_dot_py="eval(x\n")

    with pytest.raises(UpstreamError, match=r"could not read 1 .*broken\.py"):
        scanner.scan(target)


def test_semgrep_reads_the_folders_its_default_ignore_list_leaves_out(tmp_path):
    target = tree(tmp_path, tests__a_dot_py="import pickle\nx = pickle.load(f)\n")

    assert [f.path for f in Semgrep().scan(target)] == ["tests/a.py"]


def test_zizmor_finds_an_expression_in_a_script(tmp_path):
    workflow = (
        "on: issues\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - run: echo ${{ github.event.issue.title }}\n"
    )
    target = tree(tmp_path, _dot_github__workflows__a_dot_yml=workflow)

    flaws = Zizmor().scan(target)

    assert ("template-injection", ".github/workflows/a.yml", 7, Severity.HIGH) in [
        (f.rule, f.path, f.line, f.severity) for f in flaws
    ]


def test_a_workflow_that_is_not_one_is_an_error(tmp_path):
    target = tree(tmp_path, _dot_github__workflows__a_dot_yml="on: [\n")

    with pytest.raises(UpstreamError, match="zizmor gave no usable report"):
        Zizmor().scan(target)


SECRET = "aws_secret_access_key = 'kR7u" + "Qx2mZp9Lw4vTnB8sYc1fHd6jGa3eUoI5rXkN'\n"


@pytest.fixture
def with_gitleaks(monkeypatch):
    monkeypatch.setenv("PATH", str(tool("gitleaks").parent), prepend=":")


@pytest.mark.parametrize("folder", ["", "model"])
def test_gitleaks_finds_a_secret_that_only_the_history_holds(tmp_path, with_gitleaks, folder):
    root = tmp_path / folder
    git(tmp_path, "init", "-q")
    tree(tmp_path, other_dot_cfg=SECRET)
    target = tree(root, prefix=f"{folder}/" if folder else "", deploy_dot_cfg=SECRET)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    for path in (tmp_path / "other.cfg", root / "deploy.cfg"):
        path.write_text("region = 'eu'\n")
    git(tmp_path, "commit", "-qam", "two")

    flaws = Gitleaks().scan(target)

    assert [f.path for f in flaws] == (["deploy.cfg"] if folder else ["deploy.cfg", "other.cfg"])
    assert "in commit" in flaws[0].message
    assert "kR7u" not in repr(flaws), "the secret itself stays in the tool"


@pytest.mark.parametrize("linked", [True, False])
def test_gitleaks_reads_the_targets_files_and_nothing_beside_them(
    tmp_path, with_gitleaks, monkeypatch, linked
):
    target = tree(tmp_path, sub__deploy_dot_cfg=SECRET)
    tree(tmp_path, _dot_venv__other_dot_cfg=SECRET)
    if not linked:  # another file system than that of the scratch folder, when there is one
        monkeypatch.setattr("tempfile.tempdir", "/dev/shm")

    assert [f.path for f in Gitleaks().scan(target)] == ["sub/deploy.cfg"]


def test_gitleaks_refuses_a_shallow_history(tmp_path, with_gitleaks):
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-q")
    for number in (1, 2):
        tree(origin, a_dot_txt=str(number))
        git(origin, "add", "-A")
        git(origin, "commit", "-qm", str(number))
    git(tmp_path, "clone", "-q", "--depth", "1", origin.as_uri(), "clone")

    with pytest.raises(ConfigError, match=r"shallow(?s:.)*fetch-depth: 0"):
        Gitleaks().scan(Target(root=tmp_path / "clone", files=("a.txt",), prefix=""))


@pytest.fixture
def advisories(monkeypatch):
    """A server that answers as the OSV database does, and knows one advisory."""
    known = (
        b'{"vulns": [{"id": "PYSEC-2019-1", "aliases": ["CVE-2019-10906"], "summary": "escape",'
        b' "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"},'
        b' "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}],'
        b' "versions": ["2.10"]}], "published": "2019-04-07T00:00:00Z"}]}'
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = known if b'"jinja2"' in asked else b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"http://127.0.0.1:{server.server_port}/v1/query")
    yield server
    server.shutdown()
    server.server_close()


def test_pip_audit_names_the_advisory_the_package_and_the_fix(tmp_path, advisories):
    target = tree(tmp_path, requirements_dot_txt="# locked\nsix==1.16.0\nJinja2==2.10\n")

    (flaw,) = PipAudit().scan(target)

    assert (flaw.rule, flaw.line, flaw.subject) == ("CVE-2019-10906", 3, "jinja2 2.10")
    assert "fixed in 2.10.1" in flaw.message


def test_dependencies_that_the_database_skipped_are_an_error(tmp_path, monkeypatch):
    """The package index cannot be asked about a package that nobody published."""
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "pypi")
    target = tree(tmp_path, requirements_dot_txt="gatepost-was-never-published==1.0\n")

    with pytest.raises(UpstreamError, match="pip-audit"):
        PipAudit().scan(target)


SNYK_SAYS = {
    "vulnerabilities": [
        {
            "id": "SNYK-PYTHON-JINJA2-174126", "title": "Sandbox Escape", "severity": "high",
            "packageName": "jinja2", "version": "2.10", "fixedIn": ["2.10.1"],
            "identifiers": {"CVE": ["CVE-2019-10906"], "CWE": ["CWE-265"]},
        }
    ],
    "displayTargetFile": "requirements.txt",
}  # fmt: skip


def snyk(folder: Path, script: str) -> Snyk:
    """Stand in for the command, which is nothing without its service: it ends as its manual says."""
    (folder / "snyk").write_text(f'#!/bin/sh\necho "$@" > {folder}/asked\n{script}\n')
    (folder / "snyk").chmod(0o755)
    return Snyk(env={"PATH": f"{folder}:/usr/bin:/bin"})


def test_snyk_is_asked_to_leave_nothing_out_and_names_what_it_found(tmp_path):
    target = tree(tmp_path / "model", requirements_dot_txt="jinja2==2.10\n")

    flaws = snyk(tmp_path, f"echo '{json.dumps(SNYK_SAYS)}'; exit 1").scan(target)

    assert [(f.rule, f.severity, f.path, f.subject, f.cwe) for f in flaws] == [
        ("CVE-2019-10906", Severity.HIGH, "requirements.txt", "jinja2 2.10", 265)
    ]
    assert "--fail-fast" in (tmp_path / "asked").read_text()


@pytest.mark.parametrize(
    "script",
    [
        'echo \'{"ok": false, "error": "Required packages missing"}\'; exit 2',
        "exit 3",
        "exit 0",
        "echo []",
        "echo '{}'",
    ],
)
def test_snyk_that_could_not_test_has_not_passed(tmp_path, script):
    target = tree(tmp_path / "model", requirements_dot_txt="jinja2==2.10\n")

    with pytest.raises(UpstreamError, match=r"snyk (gave no usable report|tested no project)"):
        snyk(tmp_path, script).scan(target)


@pytest.mark.parametrize("said", ["", "null", "{}", "[1]", '[{"other": 1}]'])
def test_a_report_of_another_shape_is_an_error_not_a_pass(tmp_path, monkeypatch, said):
    (tmp_path / "gitleaks").write_text(f"#!/bin/sh\necho '{said}'\n")
    (tmp_path / "gitleaks").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(UpstreamError, match="gitleaks gave no usable report"):
        Gitleaks().scan(tree(tmp_path / "model", a_dot_txt="x"))


def test_a_missing_scanner_stops_the_gate_and_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    target = tree(tmp_path, a_dot_py="x = 1\n", requirements_dot_txt="six==1.16.0\n")
    scanners: list[Scanner] = [Bandit(), Gitleaks(), Snyk(env={"PATH": "/nowhere"})]

    with pytest.raises(UpstreamError, match=r"scan cannot decide: .*gitleaks is not installed.*snyk is not"):
        scan(target, scanners)


def test_a_scanner_without_input_says_so_instead_of_passing(tmp_path):
    verdict_of = scan(tree(tmp_path, notes_dot_md="hello\n"), [Bandit()])

    assert [(r.scanner, r.files) for r in verdict_of.results] == [("bandit", 0)]
