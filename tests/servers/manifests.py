"""A bare git repository of manifests on this disk, with the hooks a server would have."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_LOGGING_HOOK = """#!/bin/sh
# Notes every update that is asked for, and lets only fast-forwards through.
echo "$2 $3 $1" >> "$GIT_DIR/pushes.log"
case $2 in 0000*) exit 0;; esac
[ "$(git merge-base "$2" "$3")" = "$2" ] || { echo "not a fast-forward"; exit 1; }
"""


class ManifestsServer:
    """Starts with one commit, by a person, of the files given."""

    def __init__(self, folder: Path, files: dict[str, str | bytes]) -> None:
        self.path = folder / "infra-manifests.git"
        self.url = f"file://{self.path}"
        self._person = folder / "person"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.path))
        git(folder, "init", "-q", "-b", "main", str(self._person))
        git(self._person, "remote", "add", "origin", self.url)
        self._hook("update", _LOGGING_HOOK)
        self.person("Keep manifests here", files)

    def person(
        self, message: str, files: dict[str, str | bytes], *, links: dict[str, str] | None = None
    ) -> str:
        """Let a person commit and push these files."""
        if self.tip():
            git(self._person, "fetch", "-q", "origin")
            git(self._person, "reset", "-q", "--hard", "origin/main")
        for name, content in files.items():
            path = self._person / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        for name, target in (links or {}).items():
            (self._person / name).symlink_to(target)
        git(self._person, "add", "-A")
        git(self._person, "commit", "-q", "-m", message)
        git(self._person, "push", "-q", "origin", "HEAD:main")
        return self.tip()

    def protect(self, branch: str = "main") -> None:
        """Decline pushes to a branch, as a ruleset does."""
        said = "GH013: Repository rule violations found: changes must be made through a pull request"
        script = f'[ "$1" = refs/heads/{branch} ] || exit 0\necho "{said}"\nexit 1\n'
        self._hook("update", "#!/bin/sh\n" + script)

    def before_next_push(self, script: str) -> None:
        """Run `script` once, in a shell in the repository, when the next push has begun."""
        self._once("pre-receive", f"unset GIT_QUARANTINE_PATH; {script}")

    def hang_up_once(self, hook: str) -> None:
        """Drop the connection of the next push before it lands (`pre-receive`) or after (`post-receive`)."""
        self._once(hook, "kill -9 $PPID")

    def _once(self, hook: str, script: str) -> None:
        guard = f'if [ ! -e "$GIT_DIR/ran" ]; then : > "$GIT_DIR/ran"; {script}\nfi\n'
        self._hook(hook, f"#!/bin/sh\n{guard}")

    def tip(self, branch: str = "main") -> str:
        done = subprocess.run(
            ["git", "rev-parse", "-q", "--verify", f"refs/heads/{branch}"],
            cwd=self.path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout.strip()

    def show(self, path: str, *, at: str = "main") -> bytes:
        return subprocess.run(
            ["git", "show", f"{at}:{path}"], cwd=self.path, check=True, capture_output=True
        ).stdout

    def message(self, at: str = "main") -> str:
        return git(self.path, "log", "-1", "--format=%B", at)

    def subjects(self) -> list[str]:
        """The first lines of all commits, newest first."""
        return git(self.path, "log", "--format=%s", "main").splitlines()

    def branches(self) -> list[str]:
        return git(self.path, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def pushes(self) -> list[tuple[str, str, str]]:
        """Every update asked for: old commit, new commit, ref."""
        text = (self.path / "pushes.log").read_text("utf-8")
        return [tuple(line.split()) for line in text.splitlines()]  # type: ignore[misc]

    def _hook(self, name: str, text: str) -> None:
        hook = self.path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(text, "utf-8")
        hook.chmod(0o755)


def git(cwd: Path, *args: str, at: int = 1_750_000_000) -> str:
    """Run git as a person with a name, at a fixed time, untouched by this machine's settings."""
    person = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": f"{at} +0000"}
    env = os.environ | {
        f"GIT_{role}_{key}": v for role in ("AUTHOR", "COMMITTER") for key, v in person.items()
    }
    env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(["git", *args], cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout
