"""The repository itself, commits, comparison, files, and comments on commits."""

from __future__ import annotations

from tests.servers.github.bodies import code, talk
from tests.servers.github.bodies.code import user
from tests.servers.github.calls import Call, Refusal, route
from tests.servers.github.state import Comment, Commit, User, new_id, now
from tests.servers.http import Reply

_READ = "contents: read"
BODY_BYTES = 65_536


def checked_text(text: object) -> str:
    """Refuse what GitHub refuses as the body of an issue or a comment."""
    if not isinstance(text, str) or not text.strip():
        raise Refusal(
            422, "Validation Failed", errors=[{"code": "custom", "message": "body cannot be blank"}]
        )
    if len(text.encode()) > BODY_BYTES:
        raise Refusal(
            422,
            "Validation Failed",
            errors=[{"code": "custom", "message": f"body is too long (maximum is {BODY_BYTES} characters)"}],
        )
    return text


def _commit(call: Call, ref: str) -> Commit:
    found = call.repo.find_commit(ref)
    if found is None:
        raise Refusal(404, f"No commit found for the ref {ref}")
    return found


@route("GET", "", "metadata: read")
def get_repository(call: Call) -> Reply:
    return Reply(body=code.repository(call.repo, call.at))


@route("GET", "//user", "user: read")
def get_user(call: Call) -> Reply:
    return Reply(body=user(call.token.user, call.at))


@route("GET", "//rate_limit")
def get_rate_limit(call: Call) -> Reply:
    left = {"limit": call.token.limit, "used": call.token.used, "remaining": 1, "reset": 1}
    return Reply(body={"resources": {"core": left, "search": left}, "rate": left})


@route("GET", "/commits", _READ)
def list_commits(call: Call) -> Reply:
    query = call.request.query
    start = _commit(call, query.get("sha", call.repo.default_branch))
    line = call.repo.ancestors(start.sha)
    if path := query.get("path"):
        line = [c for c in line if _touches(call, c, path)]
    return call.page([code.commit(c, call.repo, call.at) for c in line])


def _touches(call: Call, commit: Commit, path: str) -> bool:
    parent = call.repo.find_commit(commit.parents[0]) if commit.parents else None
    return any(
        e["filename"] == path or e["filename"].startswith(f"{path}/")
        for e in code.differences(parent, commit, call.repo, call.at)
    )


@route("GET", "/commits/{ref}", _READ)
def get_commit(call: Call) -> Reply:
    found = call.repo.find_commit(call.values["ref"])
    if found is None:
        raise Refusal(422, f"No commit found for SHA: {call.values['ref']}")
    return Reply(body=code.commit(found, call.repo, call.at, files=True))


@route("GET", "/commits/{commit_sha}/pulls", "pull-requests: read")
def list_pulls_of_commit(call: Call) -> Reply:
    """List merged ones for a commit on the default branch, else the open ones it is the head of."""
    found = _commit(call, call.values["commit_sha"])
    on_default = found in call.repo.ancestors(call.repo.branches[call.repo.default_branch])
    pulls = [
        talk.pull(i, call.repo, call.at, full=False)
        for i in call.repo.issues.values()
        if i.pull and i.pull.head_sha == found.sha and (i.pull.merged if on_default else i.state == "open")
    ]
    return call.page(pulls)


@route("GET", "/compare/{basehead}", _READ)
def compare(call: Call) -> Reply:
    base, _, head = call.values["basehead"].partition("...")
    return Reply(
        body=code.comparison(_commit(call, base), _commit(call, head.rpartition(":")[2]), call.repo, call.at)
    )


@route("GET", "/contents/{path}", _READ)
def get_content(call: Call) -> Reply:
    made = _commit(call, call.request.query.get("ref", call.repo.default_branch))
    path = call.values["path"].strip("/")
    if path in made.files:
        if "raw" in call.request.headers.get("accept", ""):
            return Reply(body=made.files[path], headers={"Content-Type": "application/vnd.github.raw+json"})
        return Reply(body=code.content(path, made, call.repo, call.at, data=made.files[path]))
    below = sorted(
        {f"{path}/{f[len(path) + 1 :].partition('/')[0]}" for f in made.files if f.startswith(f"{path}/")}
    )
    if not below:
        raise Refusal(404, "Not Found")
    return Reply(body=[code.content(p, made, call.repo, call.at, data=None) for p in below])


@route("GET", "/branches/{branch}", _READ)
def get_branch(call: Call) -> Reply:
    name = call.values["branch"]
    if name not in call.repo.branches:
        raise Refusal(404, "Branch not found")
    url = f"{call.at.api}/repos/{call.repo.full_name}/branches/{name}"
    return Reply(
        body={
            "name": name,
            "commit": code.commit(_commit(call, name), call.repo, call.at),
            "_links": {"self": url, "html": f"{call.at.web}/{call.repo.full_name}/tree/{name}"},
            "protected": False,
            "protection": {"enabled": False},
            "protection_url": f"{url}/protection",
        }
    )


# Listing is "Metadata: read", creating "Contents: read", editing and deleting "Contents: write".


@route("GET", "/commits/{commit_sha}/comments", "metadata: read")
def list_comments_of_commit(call: Call) -> Reply:
    sha = _commit(call, call.values["commit_sha"]).sha
    found = [c for c in call.repo.commit_comments.values() if c.sha == sha]
    return call.page([talk.commit_comment(c, call.repo, call.at) for c in found])


@route("GET", "/comments", "metadata: read")
def list_commit_comments(call: Call) -> Reply:
    found = call.repo.commit_comments.values()
    return call.page([talk.commit_comment(c, call.repo, call.at) for c in found])


@route("POST", "/commits/{commit_sha}/comments", "contents: read")
def create_commit_comment(call: Call) -> Reply:
    sha = _commit(call, call.values["commit_sha"]).sha
    made = Comment(
        body=checked_text(call.body["body"]),
        user=User(login=call.token.user.login, kind=call.token.user.kind, id=new_id()),
        sha=sha,
        path=call.body.get("path"),
    )
    call.repo.commit_comments[made.id] = made
    return Reply(status=201, body=talk.commit_comment(made, call.repo, call.at))


def _comment(call: Call) -> Comment:
    found = call.repo.commit_comments.get(int(call.values["comment_id"]))
    if found is None:
        raise Refusal(404, "Not Found")
    return found


@route("GET", "/comments/{comment_id}", "metadata: read")
def get_commit_comment(call: Call) -> Reply:
    return Reply(body=talk.commit_comment(_comment(call), call.repo, call.at))


@route("PATCH", "/comments/{comment_id}", "contents: write")
def edit_commit_comment(call: Call) -> Reply:
    found = _comment(call)
    found.body = checked_text(call.body["body"])
    found.updated, found.edits = now(), found.edits + 1
    return Reply(body=talk.commit_comment(found, call.repo, call.at))


@route("DELETE", "/comments/{comment_id}", "contents: write")
def delete_commit_comment(call: Call) -> Reply:
    del call.repo.commit_comments[_comment(call).id]
    return Reply(status=204)
