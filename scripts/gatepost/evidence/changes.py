"""What changed since the same workflow was last green: commits, files, and the ones most often to blame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import ChangedFile, ComparisonPayload
from gatepost.evidence.green import Green, LastGreen
from gatepost.model import Evidence, EvidenceKind, Run
from gatepost.safety import redact
from gatepost.safety.types import Redacted

_MOST_COMMITS = 15
_MOST_FILES = 40
_MOST_PATCHES = 6
_PATCH_LINES = 40
_ORDINARY = 4  # the rank of a file that nothing points at

# What decides which dependencies are installed, in the ecosystems that have such a file.
_LOCKS = (
    "uv.lock",
    "poetry.lock",
    "Pipfile.lock",
    "pdm.lock",
    "requirements*.txt",
    "constraints*.txt",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "Gemfile.lock",
    "Cargo.lock",
    "go.sum",
    "composer.lock",
    "packages.lock.json",
    "mix.lock",
    "gradle.lockfile",
    "libs.versions.toml",
    "conda-lock.yml",
    "environment.y*ml",
    ".terraform.lock.hcl",
)
_MANIFESTS = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "package.json",
    "Gemfile",
    "Cargo.toml",
    "go.mod",
    "composer.json",
    "pom.xml",
    "build.gradle*",
    "*.csproj",
    "Directory.Packages.props",
    "Dockerfile*",
    "Containerfile*",
    ".python-version",
    ".nvmrc",
    ".tool-versions",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Follows the logs to what changed in the files they name, and in those that decide the build."""

    hub: GitHub
    run: Run
    green: LastGreen
    known: Collection[str] = ()
    name: str = "changes"

    def follow(self, evidence: Sequence[Evidence]) -> Iterable[Evidence]:
        """Compare with the last green run; without one, say so."""
        green = self.green.find()
        if green is None:
            why = (
                self.green.problem
                or f"no earlier run of {self.run.workflow} passed on this or the default branch"
            )
            return [self._evidence("", note=f"Nothing to compare with: {why}.")]
        base = green.run.head_sha
        if base == self.run.head_sha:
            text = "\n".join(
                [_since(green), "commits: none; the same commit passed before, so what changed is outside it"]
            )
            return [self._evidence(text, source=green.run.html_url)]
        between = self.hub.one(
            ComparisonPayload, f"/compare/{base}...{self.run.head_sha}", params={"per_page": 100}
        )
        named = {place.path for item in evidence if item.facts for place in item.facts.places}
        return [self._described(between, green, named)]

    def _described(self, between: ComparisonPayload, green: Green, named: Collection[str]) -> Evidence:
        files = sorted(between.files, key=lambda file: self._rank(file, named))
        commits = between.commits[::-1][:_MOST_COMMITS]
        rows = [
            _since(green),
            f"commits: {between.total_commits}",
            *(f"  {c.sha[:9]} {self._title(c.commit.message)}" for c in commits),
            f"files changed: {len(files)}{' or more' if len(files) >= 300 else ''}",
            *(f"  {self._marked(file, named)}" for file in files[:_MOST_FILES]),
        ]
        for file in [f for f in files if f.patch and self._rank(f, named) < _ORDINARY][:_MOST_PATCHES]:
            rows += [f"change of {file.filename}:", *_clipped(redact(file.patch or "", known=self.known))]
        dropped = between.total_commits - len(commits) + max(0, len(files) - _MOST_FILES)
        note = f"{dropped} commits or files are not listed." if dropped > 0 else ""
        return self._evidence("\n".join(rows), source=between.html_url or green.run.html_url, note=note)

    def _rank(self, file: ChangedFile, named: Collection[str]) -> int:
        """Order files by how likely they are to matter; equal ones keep GitHub's order."""
        if file.filename in named or any(path.endswith(f"/{file.filename}") for path in named):
            return 0
        if file.filename == self.run.workflow_path or file.filename.startswith(".github/"):
            return 1
        name = file.filename.rpartition("/")[2]
        if any(fnmatch(name, pattern) for pattern in _MANIFESTS):
            return 2
        return 3 if any(fnmatch(name, pattern) for pattern in _LOCKS) else _ORDINARY

    def _marked(self, file: ChangedFile, named: Collection[str]) -> str:
        mark = ("  <- named by the log", "  <- workflow", "  <- dependencies", "  <- locked dependencies", "")
        size = f"+{file.additions} -{file.deletions}"
        return f"{file.status} {file.filename} ({size}){mark[self._rank(file, named)]}"

    def _title(self, message: str) -> str:
        """Cut after redacting: half a secret is not known for one."""
        return redact(message, known=self.known).partition("\n")[0][:120]

    def _evidence(self, text: str, *, source: str = "", note: str = "") -> Evidence:
        return Evidence(
            name=self.name,
            kind=EvidenceKind.CHANGES,
            body=redact(text, known=self.known),
            source=source or self.run.url,
            note=str(redact(note, known=self.known)),
        )


def _since(green: Green) -> str:
    run = green.run
    branch = f" on {run.head_branch}" if run.head_branch else ""
    at = f"{run.updated_at:%Y-%m-%d %H:%M} UTC"
    return f"last green run: #{run.run_number}{branch} at {run.head_sha[:9]}, {at}"


def _clipped(patch: Redacted) -> list[str]:
    lines = patch.split("\n")
    kept = [f"  {line[:200]}" for line in lines[:_PATCH_LINES]]
    return [*kept, f"  … {len(lines) - _PATCH_LINES} more lines"] if len(lines) > _PATCH_LINES else kept
