"""Pull requests, and the search over issues and pull requests."""

from __future__ import annotations

import shlex

from tests.servers.github.access import need
from tests.servers.github.bodies import talk
from tests.servers.github.calls import Call, Refusal, route
from tests.servers.github.state import Issue, Pull, Repo
from tests.servers.http import Reply

_READ = "pull-requests: read"


def _pull(call: Call) -> Issue:
    known = call.issue()
    if known.pull is None:
        raise Refusal(404, "Not Found")
    return known


@route("GET", "/pulls", _READ)
def list_pulls(call: Call) -> Reply:
    query = call.request.query
    state = query.get("state", "open")
    found = [
        i
        for i in reversed(call.repo.issues.values())
        if i.pull
        and state in ("all", i.state)
        and query.get("head") in (None, f"{i.pull.head_repo.owner}:{i.pull.head_branch}")
        and query.get("base") in (None, i.pull.base_branch)
    ]
    return call.page([talk.pull(i, call.repo, call.at, full=False) for i in found])


@route("POST", "/pulls", "pull-requests: write")
def create(call: Call) -> Reply:
    """Open a pull request between two branches of one repository; a second one of a pair is refused."""
    body, repo = call.body, call.repo
    head = repo.branches.get(body["head"])
    if head is None or body["base"] not in repo.branches:
        raise Refusal(422, "Validation Failed", errors=[{"resource": "PullRequest", "code": "invalid"}])
    if any(i.pull and i.state == "open" and i.pull.head_branch == body["head"] for i in repo.issues.values()):
        what = f"A pull request already exists for {repo.owner}:{body['head']}."
        raise Refusal(422, "Validation Failed", errors=[{"code": "custom", "message": what}])
    pull = Pull(
        head_repo=repo,
        head_branch=body["head"],
        head_sha=head,
        base_branch=body["base"],
        base_sha=repo.branches[body["base"]],
    )
    number, user = repo.next_number(), call.token.user
    issue = Issue(number=number, title=body["title"], body=body.get("body"), user=user, pull=pull)
    repo.issues[number] = issue
    return Reply(status=201, body=talk.pull(issue, repo, call.at, full=True))


@route("GET", "/pulls/{pull_number}", _READ)
def get(call: Call) -> Reply:
    return Reply(body=talk.pull(_pull(call), call.repo, call.at, full=True))


@route("GET", "/pulls/{pull_number}/files", _READ)
def list_files(call: Call) -> Reply:
    return call.page(talk.pull_files(_pull(call), call.repo, call.at))


@route("GET", "//search/issues", "metadata: read")
def search(call: Call) -> Reply:
    """Understand `repo: is: state: in: author: label:` and words; show what the token may see."""
    words, filters = [], {}
    for term in shlex.split(call.request.query["q"]):
        name, colon, value = term.partition(":")
        if colon and name in ("repo", "is", "state", "in", "author", "label", "type"):
            filters.setdefault(name, []).append(value)
        else:
            words.append(term.lower())
    found = [
        {**talk.issue(issue, repo, call.at), "score": 1.0}
        for repo in call.server.repos.values()
        if repo.full_name in filters.get("repo", [repo.full_name])
        for issue in repo.issues.values()
        if _visible(call, repo, issue) and _matches(repo, issue, filters, words)
    ]
    reply = call.page(found, key="items")
    reply.body |= {"incomplete_results": False, "search_type": "lexical"}
    return reply


def _visible(call: Call, repo: Repo, issue: Issue) -> bool:
    wanted = need("pull-requests: read" if issue.pull else "issues: read")
    return not repo.private or (repo.full_name in call.token.repos and call.token.covers(wanted))


def _matches(repo: Repo, issue: Issue, filters: dict[str, list[str]], words: list[str]) -> bool:
    kinds = [*filters.get("is", []), *filters.get("state", []), *filters.get("type", [])]
    of = {issue.state, "pr" if issue.pull else "issue"}
    texts = [issue.title, issue.body or "", *(c.body for c in repo.thread(issue.number))]
    haystack = "\n".join(texts).lower()
    return (
        set(kinds) <= of
        and issue.user.login in filters.get("author", [issue.user.login])
        and set(filters.get("label", [])) <= set(issue.labels)
        and all(word in haystack for word in words)
    )
