"""One call of the API: what a route gets to see, how it answers, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.servers.github.access import Need, Token, need
from tests.servers.github.bodies import Urls
from tests.servers.github.state import Issue, Repo
from tests.servers.http import Reply, Request

if TYPE_CHECKING:
    from tests.servers.github.server import GitHub


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """Ends a call with an error that GitHub would give."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.reply = Reply(
            status=status,
            body={
                "message": message,
                "documentation_url": "https://docs.github.com/rest",
                "status": str(status),
                **more,
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that has been matched, and is allowed."""

    server: GitHub
    request: Request
    repo: Repo
    """The one in the path; for the few paths without one, an empty stand-in."""

    token: Token
    values: Mapping[str, str]
    at: Urls

    @property
    def body(self) -> dict[str, Any]:
        return self.request.json() or {}

    def issue(self) -> Issue:
        return issue_of(self.repo, self.values)

    def page(self, items: Sequence[Any], *, key: str = "") -> Reply:
        """Answer one page of `items`; with `key`, wrapped and counted as some endpoints do."""
        size = min(int(self.request.query.get("per_page", 30)), 100)
        number = max(int(self.request.query.get("page", 1)), 1)
        last = max(1, -(-len(items) // size))
        shown = list(items[(number - 1) * size : number * size])
        links = {"first": 1, "prev": number - 1, "next": number + 1, "last": last}
        if number == 1:
            del links["first"], links["prev"]
        if number >= last:
            del links["next"], links["last"]
        query = {k: v for k, v in self.request.query.items() if k != "page"}
        header = ", ".join(
            f'<{self._address({**query, "page": str(n)})}>; rel="{rel}"' for rel, n in links.items()
        )
        body = {"total_count": len(items), key: shown} if key else shown
        return Reply(body=body, headers={"Link": header} if header else {})

    def _address(self, query: Mapping[str, str]) -> str:
        return f"{self.at.api}{self.request.path}?" + "&".join(f"{k}={v}" for k, v in query.items())


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An endpoint the local GitHub serves."""

    handler: Handler
    needs: tuple[Need, ...]
    """Any one of them will do."""

    by_number: bool = False
    """Whether the issue or pull request in question decides which of `needs` counts."""

    @property
    def accepted(self) -> str:
        """Spell the needs as GitHub's header does: alternatives between semicolons."""
        return "; ".join(f"{n.permission.replace('-', '_')}={n.level}" for n in self.needs)

    def needed(self, repo: Repo, values: Mapping[str, str]) -> tuple[Need, ...]:
        if not self.by_number:
            return self.needs
        wanted = "pull-requests" if issue_of(repo, values).pull else "issues"
        return tuple(n for n in self.needs if n.permission == wanted)


ROUTES: dict[tuple[str, str], Route] = {}


def route(method: str, template: str, *needs: str, by_number: bool = False) -> Callable[[Handler], Handler]:
    """Serve `template`, read as below `/repos/{owner}/{repo}` unless it starts with `//`."""
    full = template[1:] if template.startswith("//") else f"/repos/{{owner}}/{{repo}}{template}"

    def keep(handler: Handler) -> Handler:
        ROUTES[method, full] = Route(handler=handler, needs=tuple(map(need, needs)), by_number=by_number)
        return handler

    return keep


def either(level: str) -> tuple[str, str]:
    return f"issues: {level}", f"pull-requests: {level}"


def issue_of(repo: Repo, values: Mapping[str, str]) -> Issue:
    """Find the issue or pull request a path speaks of, by its number or by one of its comments."""
    if "comment_id" in values:
        comment = repo.comments.get(int(values["comment_id"]))
        number = comment.number if comment else 0
    else:
        number = int(values.get("issue_number") or values.get("pull_number") or 0)
    if number not in repo.issues:
        raise Refusal(404, "Not Found")
    return repo.issues[number]
