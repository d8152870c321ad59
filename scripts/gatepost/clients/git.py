"""
A remote git repository, read and committed to without a working tree.

Nothing is checked out: no filter, hook, line-end rule or symbolic link of the repository ever acts
here, files go back byte for byte, and 10,000 of them cost no more than the one that changes.
"""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from gatepost.clients.git_history import is_ancestor
from gatepost.clients.git_text import LOG_FORMAT, Commit, clean, commits, printable, quoted, split_batch
from gatepost.errors import ConfigError, RefusedError, UpstreamError

_BASE = "refs/gatepost/base"
_MADE = "refs/gatepost/made"
_FIRST_DEPTH = 50
_FILE = "100"
"""How the mode of a regular file starts, executable or not."""

_FOREIGN = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"})
"""Settings of a git process around us, such as a hook, which would lead to another repository."""

# What a server says to the slower of two pushes; anything else it says is a decision, not a race.
_RACE = re.compile(
    r"fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref|failed to lock"
    r"|incorrect old value|reference already exists|unable to create .*\.lock",
    re.IGNORECASE,
)


class Pushed(StrEnum):
    """What became of a push."""

    DONE = "done"
    RACED = "raced"
    """Somebody else was faster; fetch and try again."""
    DECLINED = "declined"
    """A hook or a branch rule said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who commits, and when."""

    name: str
    email: str
    at: int
    """Seconds since the epoch."""


@dataclass(slots=True, kw_only=True)
class Repository:
    """A bare scratch clone at `path` of the repository at `url`. Not for use by two threads."""

    url: str
    path: Path
    env: Mapping[str, str]
    """The process's environment, which holds PATH, HOME and any ssh agent."""

    token: str = ""
    """Sent as `x-access-token` to the host of an https `url`; never appears in an argument."""

    timeout_s: float = 120.0
    _ready: bool = field(init=False, default=False)

    def fetch(self, branch: str) -> str:
        """Bring the tip of `branch` here and return its object id."""
        if not self._ready:
            self._git("init", "--quiet", "--bare", "--template=", "--", str(self.path))
        depth = [] if self._ready else [f"--depth={_FIRST_DEPTH}"]
        self._ready = True
        self._fetch(branch, *depth)
        return self._git("rev-parse", "--verify", "--quiet", _BASE).decode().strip()

    def deepen(self, branch: str) -> bool:
        """Fetch the whole history of `branch` if it is not all here; tell whether anything was missing."""
        if not (self.path / "shallow").exists():
            return False
        self._fetch(branch, "--unshallow")
        return True

    def grep(self, commit: str, texts: Sequence[str], *, suffixes: Iterable[str]) -> list[str]:
        """Return the paths of the files in `commit` that end in one of `suffixes` and hold one of `texts`."""
        patterns = [word for text in texts for word in ("-e", text)]
        globs = [f":(icase)*{suffix}" for suffix in suffixes]
        out = self._git(
            "grep", "-l", "-z", "-a", "-F", *patterns, commit, "--", *globs, accept=(0, 1)
        )  # fmt: skip
        prefix = len(commit) + 1
        return [entry.decode("utf-8", "surrogateescape")[prefix:] for entry in out.split(b"\0") if entry]

    def read(self, commit: str, paths: Sequence[str]) -> dict[str, bytes]:
        """Return the content of regular files; what is a link, a submodule or not there is left out."""
        entries = self._entries(commit, paths)
        oids = [oid for mode, oid in entries.values() if mode.startswith(_FILE)]
        if not oids:
            return {}
        out = self._git("cat-file", "--batch", stdin="\n".join(oids).encode() + b"\n")
        blobs = list(split_batch(out))
        names = [path for path, (mode, _) in entries.items() if mode.startswith(_FILE)]
        return dict(zip(names, blobs, strict=True))

    def log(self, commit: str, *, path: str = "", limit: int = 500) -> list[Commit]:
        """Return the commits up to `commit` that touched `path`, newest first."""
        where = ["--", f":(literal){path}"] if path else []
        out = self._git("log", "-z", f"-n{limit}", LOG_FORMAT, commit, *where)
        return list(commits(out.decode("utf-8", "replace")))

    def commit(self, parent: str, files: Mapping[str, bytes], *, message: str, author: Author) -> str:
        """Write a commit on top of `parent` that replaces `files`, which exist there, and return its id."""
        entries = self._entries(parent, list(files))
        text = message.encode()
        who = f"{clean(author.name)} <{clean(author.email)}> {author.at} +0000"
        head = f"commit {_MADE}\nmark :1\ncommitter {who}\ndata {len(text)}\n"
        stream = [head.encode(), text, f"\nfrom {parent}\n".encode()]
        for path, content in files.items():
            mode, _ = entries.get(path, ("", ""))
            if not mode.startswith(_FILE):
                raise RefusedError(
                    f"{path} is not a regular file in {self.shown}", fix="name the file itself"
                )
            stream.append(
                f"M {mode} inline {quoted(path)}\ndata {len(content)}\n".encode(errors="surrogateescape")
            )
            stream += [content, b"\n"]
        stream.append(b"\nget-mark :1\n")
        out = self._git("fast-import", "--quiet", "--force", "--date-format=raw", stdin=b"".join(stream))
        return out.decode().strip()

    def contains(self, branch: str, *, tip: str, commit: str) -> bool:
        """Tell whether `commit` is `tip` or an ancestor of it; fetches `branch` for a tip not seen yet."""
        if tip == commit:
            return True
        if self._run("cat-file", "-e", f"{tip}^{{commit}}").returncode:
            self._fetch(branch)
        return is_ancestor(self.path, commit, tip, env=self._environment()) is True

    def diff(self, old: str, new: str) -> str:
        """Return a unified diff between two commits."""
        return self._git("diff", "--no-color", "--no-ext-diff", "--no-textconv", old, new).decode(
            "utf-8", "replace"
        )

    def patch(self, commit: str) -> bytes:
        """Return a commit as a mail that `git am` applies."""
        return self._git("format-patch", "--stdout", "-1", commit)

    def push(self, commit: str, branch: str) -> tuple[Pushed, str]:
        """Push `commit` to `branch`, never by force; return what became of it and the server's words."""
        done = self._run("push", "--porcelain", "--no-verify", self.url, f"{commit}:refs/heads/{branch}")
        out = done.stdout.decode("utf-8", "replace")
        said = printable(done.stderr.decode("utf-8", "replace"))
        line = next((part for part in out.splitlines() if part[:1] in set("!=* +-") and "\t" in part), "")
        if done.returncode == 0:
            return Pushed.DONE, ""
        if not line.startswith("!"):
            raise self._failed("push to", said)
        reason = printable(line.rpartition("\t")[2])
        if _RACE.search(reason):
            return Pushed.RACED, reason
        return Pushed.DECLINED, f"{reason}\n{said}"

    @property
    def shown(self) -> str:
        """The address without any credential in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}{parts.path}" if parts.hostname else self.url

    def _fetch(self, branch: str, *options: str) -> None:
        quiet = ("--quiet", "--no-tags", "--no-auto-maintenance", "--no-write-fetch-head")
        done = self._run("fetch", *quiet, *options, "--", self.url, f"+refs/heads/{branch}:{_BASE}")
        if done.returncode:
            said = printable(done.stderr.decode("utf-8", "replace"))
            if "couldn't find remote ref" in said:
                raise ConfigError(
                    f"{self.shown} has no branch {branch!r}",
                    fix="create the branch with a first commit, or name another",
                )
            raise self._failed("fetch from", said)

    def _entries(self, commit: str, paths: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return mode and object id of each of `paths` that exists in `commit`."""
        if not paths:
            return {}
        out = self._git("--literal-pathspecs", "ls-tree", "-z", "-r", commit, "--", *paths)
        found = {}
        for entry in out.split(b"\0"):
            if entry:
                head, _, name = entry.partition(b"\t")
                mode, _, oid = head.decode().split()
                found[name.decode("utf-8", "surrogateescape")] = (mode, oid)
        return {path: found[path] for path in paths if path in found}

    def _git(self, *args: str, stdin: bytes = b"", accept: Sequence[int] = (0,)) -> bytes:
        done = self._run(*args, stdin=stdin)
        if done.returncode not in accept:
            raise self._failed(f"run {args[0]} on", printable(done.stderr.decode("utf-8", "replace")))
        return done.stdout

    def _run(self, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        where = [] if args[0] == "init" else ["--git-dir", str(self.path)]
        try:
            return subprocess.run(
                ["git", *where, *args], input=stdin, env=self._environment(), capture_output=True,
                timeout=self.timeout_s, check=False, cwd=self.path.parent,
            )  # fmt: skip
        except FileNotFoundError:
            raise UpstreamError("git is not installed", fix="install git 2.38 or newer") from None
        except subprocess.TimeoutExpired:
            raise UpstreamError(
                f"git {args[0]} on {self.shown} took longer than {self.timeout_s:.0f} s",
                fix="try again later",
            ) from None

    def _environment(self) -> dict[str, str]:
        """Ask nothing, run no hook, and hand the token over where no process list shows it."""
        settings = {"core.hooksPath": "/dev/null", "gc.auto": "0", "protocol.ext.allow": "never"}
        parts = urlsplit(self.url)
        if self.token and parts.scheme == "https":
            basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
            settings[f"http.https://{parts.netloc}/.extraHeader"] = f"Authorization: Basic {basic}"
        env = {
            key: value
            for key, value in self.env.items()
            if not key.startswith(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"))
        }
        env |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return env

    def _failed(self, doing: str, said: str) -> UpstreamError:
        first = next((line for line in said.splitlines() if line.strip()), "no reason given")
        return UpstreamError(
            f"git could not {doing} {self.shown}: {first}",
            fix="check the address, that it is reachable, and that the token has `contents: write` there",
        )
