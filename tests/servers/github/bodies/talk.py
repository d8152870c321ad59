"""Issues, pull requests, comments and labels."""

from __future__ import annotations

from typing import Any

from tests.servers.github.bodies import Urls, node_id, stamp
from tests.servers.github.bodies.code import differences, repository, user
from tests.servers.github.state import Comment, Issue, Label, Repo, User


def label(known: Label, repo: Repo, at: Urls) -> dict[str, Any]:
    return {
        "id": known.id,
        "node_id": node_id("Label", known.id),
        "url": f"{at.api}/repos/{repo.full_name}/labels/{known.name}",
        "name": known.name,
        "description": known.description,
        "color": known.color,
        "default": False,
    }


def issue(known: Issue, repo: Repo, at: Urls) -> dict[str, Any]:
    url = f"{at.api}/repos/{repo.full_name}/issues/{known.number}"
    kind = "pull" if known.pull else "issues"
    html = f"{at.web}/{repo.full_name}/{kind}/{known.number}"
    people = [user(User(login=login), at) for login in known.assignees]
    body = {
        "id": known.id,
        "node_id": node_id("Issue", known.id),
        "url": url,
        "repository_url": f"{at.api}/repos/{repo.full_name}",
        "labels_url": url + "/labels{/name}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": html,
        "number": known.number,
        "state": known.state,
        "state_reason": known.reason,
        "title": known.title,
        "body": known.body,
        "user": user(known.user, at),
        "labels": [label(repo.labels[name], repo, at) for name in known.labels],
        "assignee": people[0] if people else None,
        "assignees": people,
        "milestone": None,
        "locked": known.locked,
        "active_lock_reason": None,
        "comments": len(repo.thread(known.number)),
        "closed_at": stamp(known.closed),
        "created_at": stamp(known.created),
        "updated_at": stamp(known.updated),
        "author_association": "CONTRIBUTOR",
    }
    if known.pull:
        pull_url = f"{at.api}/repos/{repo.full_name}/pulls/{known.number}"
        body["pull_request"] = {
            "url": pull_url,
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": None,
        }
    return body


def comment(known: Comment, repo: Repo, at: Urls) -> dict[str, Any]:
    url = f"{at.api}/repos/{repo.full_name}/issues"
    kind = "pull" if repo.issues[known.number].pull else "issues"
    return {
        "id": known.id,
        "node_id": node_id("IssueComment", known.id),
        "url": f"{url}/comments/{known.id}",
        "html_url": f"{at.web}/{repo.full_name}/{kind}/{known.number}#issuecomment-{known.id}",
        "issue_url": f"{url}/{known.number}",
        "body": known.body,
        "user": user(known.user, at),
        "created_at": stamp(known.created),
        "updated_at": stamp(known.updated),
        "author_association": "NONE",
    }


def commit_comment(known: Comment, repo: Repo, at: Urls) -> dict[str, Any]:
    return {
        "id": known.id,
        "node_id": node_id("CommitComment", known.id),
        "url": f"{at.api}/repos/{repo.full_name}/comments/{known.id}",
        "html_url": f"{at.web}/{repo.full_name}/commit/{known.sha}#commitcomment-{known.id}",
        "commit_id": known.sha,
        "path": known.path,
        "position": None,
        "line": None,
        "body": known.body,
        "user": user(known.user, at),
        "created_at": stamp(known.created),
        "updated_at": stamp(known.updated),
        "author_association": "NONE",
    }


def pull(known: Issue, repo: Repo, at: Urls, *, full: bool) -> dict[str, Any]:
    assert known.pull is not None
    facts = known.pull
    url = f"{at.api}/repos/{repo.full_name}/pulls/{known.number}"
    issue_url = f"{at.api}/repos/{repo.full_name}/issues/{known.number}"
    html = f"{at.web}/{repo.full_name}/pull/{known.number}"
    statuses = f"{at.api}/repos/{repo.full_name}/statuses/{facts.head_sha}"
    links = {
        "self": url, "html": html, "issue": issue_url, "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{at.api}/repos/{repo.full_name}/pulls/comments" + "{/number}",
        "commits": f"{url}/commits", "statuses": statuses,
    }  # fmt: skip
    shared = issue(known, repo, at)
    names = ("id", "number", "state", "locked", "title", "user", "body", "assignee", "assignees", "milestone")
    body = {name: shared[name] for name in names} | {
        "node_id": node_id("PullRequest", known.id),
        "url": url,
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue_url,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": statuses,
        "labels": shared["labels"],
        "created_at": stamp(known.created),
        "updated_at": stamp(known.updated),
        "closed_at": stamp(known.closed),
        "merged_at": stamp(known.closed) if facts.merged else None,
        "merge_commit_sha": None,
        "head": _end(facts.head_branch, facts.head_sha, facts.head_repo, at),
        "base": _end(facts.base_branch, facts.base_sha, repo, at),
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": "CONTRIBUTOR",
        "auto_merge": None,
        "draft": False,
        "requested_reviewers": [],
        "requested_teams": [],
    }
    return body | _numbers(known, repo, at) if full else body


def _numbers(known: Issue, repo: Repo, at: Urls) -> dict[str, Any]:
    files = pull_files(known, repo, at)
    return {
        "merged": bool(known.pull and known.pull.merged),
        "merged_by": None,
        "mergeable": True,
        "mergeable_state": "unstable",
        "maintainer_can_modify": False,
        "comments": len(repo.thread(known.number)),
        "review_comments": 0,
        "commits": 1,
        "additions": sum(f["additions"] for f in files),
        "deletions": sum(f["deletions"] for f in files),
        "changed_files": len(files),
    }


def pull_files(known: Issue, repo: Repo, at: Urls) -> list[dict[str, Any]]:
    assert known.pull is not None
    head = repo.find_commit(known.pull.head_sha)
    assert head is not None
    return differences(repo.find_commit(known.pull.base_sha), head, repo, at)


def _end(branch: str, sha: str, repo: Repo, at: Urls) -> dict[str, Any]:
    return {
        "label": f"{repo.owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": user(User(login=repo.owner, id=repo.id), at),
        "repo": repository(repo, at),
    }
