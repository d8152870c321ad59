"""Git's own objects: the tree of a commit, and blobs."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from tests.servers.github.calls import Call, Refusal, route
from tests.servers.github.state import Commit
from tests.servers.http import Reply

_READ = "contents: read"


def _blob_sha(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@route("GET", "/git/trees/{tree_sha}", _READ)
def get_tree(call: Call) -> Reply:
    """List the whole tree of a commit; `recursive` with any value does it, as GitHub documents."""
    found = call.repo.find_commit(call.values["tree_sha"])
    if found is None:
        raise Refusal(404, "Not Found")
    url = f"{call.at.api}/repos/{call.repo.full_name}/git"
    entries = [_entry(found, path, url) for path in sorted(found.files)]
    if "recursive" not in call.request.query:
        entries = [entry for entry in entries if "/" not in entry["path"]]
    return Reply(
        body={"sha": found.sha, "url": f"{url}/trees/{found.sha}", "tree": entries, "truncated": False}
    )


def _entry(made: Commit, path: str, url: str) -> dict[str, Any]:
    data = made.files[path]
    mode = made.modes.get(path, "100644")
    sha = _blob_sha(data)
    if mode == "160000":
        return {"path": path, "mode": mode, "type": "commit", "sha": sha}
    return {
        "path": path,
        "mode": mode,
        "type": "blob",
        "sha": sha,
        "size": len(data),
        "url": f"{url}/blobs/{sha}",
    }


@route("GET", "/git/blobs/{file_sha}", _READ)
def get_blob(call: Call) -> Reply:
    sha = call.values["file_sha"]
    family = [call.repo, *call.repo.forks]
    blobs = (data for repo in family for made in repo.commits.values() for data in made.files.values())
    data = next((data for data in blobs if _blob_sha(data) == sha), None)
    if data is None:
        raise Refusal(404, "Not Found")
    url = f"{call.at.api}/repos/{call.repo.full_name}/git/blobs/{sha}"
    body = {"sha": sha, "node_id": f"B_{sha[:12]}", "url": url, "size": len(data), "encoding": "base64"}
    return Reply(body=body | {"content": base64.encodebytes(data).decode()})
