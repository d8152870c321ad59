"""Accounts, repositories, commits, files and differences."""

from __future__ import annotations

import base64
import difflib
import hashlib
from typing import Any
from urllib.parse import quote

from tests.servers.github.bodies import Urls, node_id, stamp
from tests.servers.github.state import Commit, Repo, User, now

_USER_LINKS = (
    "followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events",
    "received_events",
)  # fmt: skip
_REPO_LINKS = (
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare",
    "contents", "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs",
    "git_tags", "hooks", "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges",
    "milestones", "notifications", "pulls", "releases", "stargazers", "statuses", "subscribers",
    "subscription", "tags", "teams", "trees",
)  # fmt: skip
# Where the link is not simply the name: GitHub's templates carry placeholders.
_REPO_PATHS = {
    "git_commits": "git/commits{/sha}",
    "git_refs": "git/refs{/sha}",
    "git_tags": "git/tags{/sha}",
    "issue_comment": "issues/comments{/number}",
    "issue_events": "issues/events{/number}",
    "commits": "commits{/sha}",
    "contents": "contents/{+path}",
    "compare": "compare/{base}...{head}",
    "issues": "issues{/number}",
    "pulls": "pulls{/number}",
    "labels": "labels{/name}",
    "statuses": "statuses/{sha}",
    "trees": "git/trees{/sha}",
    "blobs": "git/blobs{/sha}",
    "archive": "{archive_format}{/ref}",
}


def user(who: User, at: Urls) -> dict[str, Any]:
    url = f"{at.api}/users/{quote(who.login)}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": node_id("User", who.id),
        "avatar_url": f"{at.web}/avatars/{who.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{at.web}/{who.login.removesuffix('[bot]')}",
        "type": who.kind,
        "site_admin": False,
        **{f"{link}_url": f"{url}/{link}" for link in _USER_LINKS},
    }


def repository(repo: Repo, at: Urls) -> dict[str, Any]:
    """Serve all four shapes of a repository with one: the fullest."""
    url = f"{at.api}/repos/{repo.full_name}"
    links = {f"{link}_url": f"{url}/{_REPO_PATHS.get(link, link)}" for link in _REPO_LINKS}
    counts = ("forks", "stargazers", "watchers", "open_issues", "subscribers", "network")
    return {
        **links,
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user(User(login=repo.owner, id=repo.id, kind="Organization"), at),
        "private": repo.private,
        "html_url": f"{at.web}/{repo.full_name}",
        "description": None,
        "fork": repo.fork_of is not None,
        "url": url,
        "clone_url": f"{at.web}/{repo.full_name}.git",
        "git_url": f"git://github.com/{repo.full_name}.git",
        "ssh_url": f"git@github.com:{repo.full_name}.git",
        "svn_url": f"{at.web}/{repo.full_name}",
        "mirror_url": None,
        "homepage": None,
        "language": "Python",
        "default_branch": repo.default_branch,
        "size": 1,
        "license": None,
        "archived": False,
        "disabled": False,
        **{f"{name}_count": 0 for name in counts},
        **dict.fromkeys(("forks", "open_issues", "watchers"), 0),
        **{f"has_{name}": True for name in ("issues", "projects", "wiki", "downloads")},
        "has_pages": False,
        "has_discussions": False,
        **{f"{when}_at": stamp(now()) for when in ("pushed", "created", "updated")},
        "permissions": {"admin": False, "push": False, "pull": True},
        "allow_forking": True,
        "is_template": False,
        "topics": [],
        "visibility": "private" if repo.private else "public",
    }


def commit(made: Commit, repo: Repo, at: Urls, *, files: bool = False) -> dict[str, Any]:
    url = f"{at.api}/repos/{repo.full_name}/commits/{made.sha}"
    who = made.author or User(login="dev")
    person = {"name": who.login, "email": f"{who.login}@users.noreply.github.com", "date": stamp(made.at)}
    body: dict[str, Any] = {
        "url": url,
        "sha": made.sha,
        "node_id": node_id("Commit", int(made.sha[:8], 16)),
        "html_url": f"{at.web}/{repo.full_name}/commit/{made.sha}",
        "comments_url": f"{url}/comments",
        "commit": {
            "url": f"{at.api}/repos/{repo.full_name}/git/commits/{made.sha}",
            "author": person,
            "committer": person,
            "message": made.message,
            "comment_count": 0,
            "tree": {"sha": _tree(made), "url": f"{at.api}/repos/{repo.full_name}/git/trees/{_tree(made)}"},
        },
        "author": user(who, at),
        "committer": user(who, at),
        "parents": [
            {
                "sha": sha,
                "url": f"{at.api}/repos/{repo.full_name}/commits/{sha}",
                "html_url": f"{at.web}/{repo.full_name}/commit/{sha}",
            }
            for sha in made.parents
        ],
    }
    if files:
        parent = repo.find_commit(made.parents[0]) if made.parents else None
        entries = differences(parent, made, repo, at)
        body["files"] = entries
        changed = {key: sum(e[key] for e in entries) for key in ("additions", "deletions")}
        body["stats"] = {**changed, "total": sum(changed.values())}
    return body


def simple_commit(made: Commit) -> dict[str, Any]:
    who = made.author or User(login="dev")
    person = {"name": who.login, "email": f"{who.login}@users.noreply.github.com"}
    return {
        "id": made.sha,
        "tree_id": _tree(made),
        "message": made.message,
        "timestamp": stamp(made.at),
        "author": person,
        "committer": person,
    }


def differences(old: Commit | None, new: Commit, repo: Repo, at: Urls) -> list[dict[str, Any]]:
    """Compare two trees; a binary file has no patch, as on GitHub."""
    before = old.files if old else {}
    entries = []
    for path in sorted({*before, *new.files}):
        was, now_ = before.get(path), new.files.get(path)
        if was == now_:
            continue
        status = "added" if was is None else "removed" if now_ is None else "modified"
        entry: dict[str, Any] = {
            "sha": _blob(now_ or was or b""),
            "filename": path,
            "status": status,
            "blob_url": f"{at.web}/{repo.full_name}/blob/{new.sha}/{path}",
            "raw_url": f"{at.web}/{repo.full_name}/raw/{new.sha}/{path}",
            "contents_url": f"{at.api}/repos/{repo.full_name}/contents/{path}?ref={new.sha}",
            "additions": 0,
            "deletions": 0,
            "changes": 0,
        }
        if (patch := _patch(was or b"", now_ or b"")) is not None:
            entry["patch"] = patch
            lines = patch.split("\n")
            entry["additions"] = sum(line.startswith("+") for line in lines)
            entry["deletions"] = sum(line.startswith("-") for line in lines)
            entry["changes"] = entry["additions"] + entry["deletions"]
        entries.append(entry)
    return entries


def comparison(base: Commit, head: Commit, repo: Repo, at: Urls) -> dict[str, Any]:
    ours = {c.sha for c in repo.ancestors(base.sha)}
    theirs = repo.ancestors(head.sha)
    meeting = next((c for c in theirs if c.sha in ours), base)
    ahead = [c for c in theirs if c.sha not in ours]
    behind = len(ours - {c.sha for c in theirs})
    url = f"{at.api}/repos/{repo.full_name}/compare/{base.sha}...{head.sha}"
    html = f"{at.web}/{repo.full_name}/compare/{base.sha}...{head.sha}"
    return {
        "url": url,
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit(base, repo, at),
        "merge_base_commit": commit(meeting, repo, at),
        "status": {(0, 0): "identical", (1, 0): "ahead", (0, 1): "behind"}.get(
            (min(len(ahead), 1), min(behind, 1)), "diverged"
        ),
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "commits": [commit(c, repo, at) for c in reversed(ahead)][:250],
        "files": differences(meeting, head, repo, at)[:300],
    }


def content(path: str, made: Commit, repo: Repo, at: Urls, *, data: bytes | None) -> dict[str, Any]:
    """Render a file with its content, or with `data=None` a folder's entry without."""
    url = f"{at.api}/repos/{repo.full_name}/contents/{path}?ref={made.sha}"
    sha = _blob(data or path.encode())
    git = f"{at.api}/repos/{repo.full_name}/git/blobs/{sha}"
    html = f"{at.web}/{repo.full_name}/blob/{made.sha}/{path}"
    entry = {
        "type": "file" if path in made.files else "dir",
        "size": len(made.files.get(path, b"")),
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "url": url,
        "git_url": git,
        "html_url": html,
        "download_url": f"{at.web}/{repo.full_name}/raw/{made.sha}/{path}",
        "_links": {"self": url, "git": git, "html": html},
    }
    if data is None:
        return entry
    # GitHub sends no content of a file over 1 MB; it then says `none`.
    small = len(data) <= 1024 * 1024
    return {
        **entry,
        "encoding": "base64" if small else "none",
        "content": base64.encodebytes(data).decode() if small else "",
    }


def _patch(was: bytes, now_: bytes) -> str | None:
    if b"\0" in was + now_:
        return None
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (was, now_))
    return "\n".join(list(difflib.unified_diff(old, new, lineterm=""))[2:])


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _tree(made: Commit) -> str:
    return hashlib.sha1(made.sha.encode(), usedforsecurity=False).hexdigest()
