"""Issues, and what pull requests share with them: comments, labels, assignees."""

from __future__ import annotations

from tests.servers.github.bodies import stamp, talk
from tests.servers.github.calls import Call, Refusal, either, route
from tests.servers.github.routes.code import checked_text
from tests.servers.github.state import Comment, Issue, Label, now
from tests.servers.http import Reply


@route("GET", "/issues", "issues: read")
def list_issues(call: Call) -> Reply:
    query = call.request.query
    wanted = set(filter(None, query.get("labels", "").split(",")))
    state = query.get("state", "open")
    found = [
        i
        for i in call.repo.issues.values()
        if state in ("all", i.state)
        and wanted <= set(i.labels)
        and query.get("creator") in (None, i.user.login)
        and query.get("since", "") <= (stamp(i.updated) or "")
    ]
    key = (
        (lambda i: (i.updated, i.number))
        if query.get("sort") == "updated"
        else (lambda i: (i.created, i.number))
    )
    found.sort(key=key, reverse=query.get("direction", "desc") == "desc")
    return call.page([talk.issue(i, call.repo, call.at) for i in found])


@route("POST", "/issues", "issues: write")
def create(call: Call) -> Reply:
    body = call.body
    if not str(body["title"]).strip() or len(str(body["title"])) > 256:
        raise Refusal(
            422, "Validation Failed", errors=[{"code": "custom", "message": "title is too long or blank"}]
        )
    assignees = body.get("assignees") or []
    for login in assignees:
        if login not in call.repo.assignable:
            raise Refusal(
                422, "Validation Failed", errors=[{"code": "invalid", "field": "assignees", "value": login}]
            )
    made = Issue(
        number=call.repo.next_number(),
        title=str(body["title"]),
        body=checked_text(body["body"]) if body.get("body") else None,
        user=call.token.user,
        labels=_labelled(call, body.get("labels") or []),
        assignees=list(assignees),
    )
    call.repo.issues[made.number] = made
    return Reply(status=201, body=talk.issue(made, call.repo, call.at))


@route("GET", "/issues/{issue_number}", "issues: read")
def get(call: Call) -> Reply:
    return Reply(body=talk.issue(call.issue(), call.repo, call.at))


@route("PATCH", "/issues/{issue_number}", *either("write"), by_number=True)
def update(call: Call) -> Reply:
    known, body = call.issue(), call.body
    if "title" in body:
        known.title = str(body["title"])
    if "body" in body:
        known.body = checked_text(body["body"]) if body["body"] else body["body"]
    if "labels" in body:
        known.labels = _labelled(call, body["labels"])
    if "assignees" in body:
        known.assignees = [login for login in body["assignees"] if login in call.repo.assignable]
    if (state := body.get("state")) and state != known.state:
        known.state = state
        known.closed = now() if state == "closed" else None
        known.reason = "reopened" if state == "open" else "completed"
    known.reason = body.get("state_reason", known.reason)
    known.updated = now()
    return Reply(body=talk.issue(known, call.repo, call.at))


@route("GET", "/issues/{issue_number}/comments", *either("read"), by_number=True)
def list_comments(call: Call) -> Reply:
    since = call.request.query.get("since", "")
    found = [c for c in call.repo.thread(call.issue().number) if since <= (stamp(c.updated) or "")]
    return call.page([talk.comment(c, call.repo, call.at) for c in found])


@route("GET", "/issues/comments", *either("read"))
def list_all_comments(call: Call) -> Reply:
    """List all comments of the repository, by time of creation or change."""
    query = call.request.query
    key = "updated" if query.get("sort") == "updated" else "created"
    found = sorted(call.repo.comments.values(), key=lambda c: (getattr(c, key), c.id))
    if query.get("direction") == "desc":
        found.reverse()
    since = query.get("since", "")
    return call.page(
        [talk.comment(c, call.repo, call.at) for c in found if since <= (stamp(c.updated) or "")]
    )


@route("POST", "/issues/{issue_number}/comments", *either("write"), by_number=True)
def create_comment(call: Call) -> Reply:
    known = call.issue()
    if known.locked:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    made = Comment(body=checked_text(call.body["body"]), user=call.token.user, number=known.number)
    call.repo.comments[made.id] = made
    known.updated = now()
    return Reply(status=201, body=talk.comment(made, call.repo, call.at))


@route("GET", "/issues/comments/{comment_id}", *either("read"), by_number=True)
def get_comment(call: Call) -> Reply:
    found = call.repo.comments[int(call.values["comment_id"])]
    return Reply(body=talk.comment(found, call.repo, call.at))


@route("PATCH", "/issues/comments/{comment_id}", *either("write"), by_number=True)
def edit_comment(call: Call) -> Reply:
    found = call.repo.comments[int(call.values["comment_id"])]
    found.body = checked_text(call.body["body"])
    found.updated, found.edits = now(), found.edits + 1
    return Reply(body=talk.comment(found, call.repo, call.at))


@route("DELETE", "/issues/comments/{comment_id}", *either("write"), by_number=True)
def delete_comment(call: Call) -> Reply:
    del call.repo.comments[int(call.values["comment_id"])]
    return Reply(status=204)


@route("GET", "/labels", *either("read"))
def list_labels(call: Call) -> Reply:
    return call.page([talk.label(known, call.repo, call.at) for known in call.repo.labels.values()])


@route("GET", "/labels/{name}", *either("read"))
def get_label(call: Call) -> Reply:
    if call.values["name"] not in call.repo.labels:
        raise Refusal(404, "Not Found")
    return Reply(body=talk.label(call.repo.labels[call.values["name"]], call.repo, call.at))


@route("POST", "/labels", *either("write"))
def create_label(call: Call) -> Reply:
    body = call.body
    if body["name"] in call.repo.labels:
        raise Refusal(422, "Validation Failed", errors=[{"code": "already_exists", "field": "name"}])
    made = Label(name=body["name"], color=body.get("color", "ededed"), description=body.get("description"))
    call.repo.labels[made.name] = made
    return Reply(status=201, body=talk.label(made, call.repo, call.at))


@route("GET", "/issues/{issue_number}/labels", *either("read"), by_number=True)
def list_labels_of_issue(call: Call) -> Reply:
    names = call.issue().labels
    return call.page([talk.label(call.repo.labels[name], call.repo, call.at) for name in names])


@route("POST", "/issues/{issue_number}/labels", *either("write"), by_number=True)
def add_labels(call: Call) -> Reply:
    known = call.issue()
    sent = call.request.json() or []  # both `["a"]` and `{"labels": ["a"]}` are documented
    wanted = sent.get("labels", []) if isinstance(sent, dict) else sent
    known.labels = _labelled(call, [*known.labels, *wanted])
    return Reply(body=[talk.label(call.repo.labels[name], call.repo, call.at) for name in known.labels])


@route("DELETE", "/issues/{issue_number}/labels/{name}", *either("write"), by_number=True)
def remove_label(call: Call) -> Reply:
    known = call.issue()
    if call.values["name"] not in known.labels:
        raise Refusal(404, "Label does not exist")
    known.labels.remove(call.values["name"])
    return Reply(body=[talk.label(call.repo.labels[name], call.repo, call.at) for name in known.labels])


@route("POST", "/issues/{issue_number}/assignees", *either("write"), by_number=True)
def add_assignees(call: Call) -> Reply:
    """Whoever cannot be assigned is left out in silence, as on GitHub."""
    known = call.issue()
    for login in call.body.get("assignees", []):
        if login in call.repo.assignable and login not in known.assignees:
            known.assignees.append(login)
    return Reply(status=201, body=talk.issue(known, call.repo, call.at))


@route("GET", "/assignees/{assignee}", *either("read"))
def check_assignee(call: Call) -> Reply:
    if call.values["assignee"] not in call.repo.assignable:
        raise Refusal(404, "Not Found")
    return Reply(status=204)


def _labelled(call: Call, wanted: list[str | dict[str, str]]) -> list[str]:
    """Give each label a place in the repository, as GitHub does, and each name once."""
    names = [one if isinstance(one, str) else one["name"] for one in wanted]
    for name in names:
        call.repo.labels.setdefault(name, Label(name=name))
    return list(dict.fromkeys(names))
