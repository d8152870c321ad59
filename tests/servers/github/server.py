"""The local GitHub: tokens, limits, the check against the description, and the storage host of logs."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.servers.github.access import Token
from tests.servers.github.bodies import Urls, runs
from tests.servers.github.bodies.code import repository, user
from tests.servers.github.calls import ROUTES, Call, Refusal, Route
from tests.servers.github.description import Operation, load
from tests.servers.github.routes import actions, checks, code, git, issues, pulls  # noqa: F401 - they add routes
from tests.servers.github.state import Repo, Run, User
from tests.servers.http import LocalServer, Reply, Request

BOT = "github-actions[bot]"
_LINK_LIVES_S = 60.0


@dataclass(slots=True, kw_only=True)
class Trouble:
    """An answer to give instead of the right one, so many times."""

    status: int
    times: int
    method: str = ""
    contains: str = ""
    message: str = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    headers: dict[str, str] = field(default_factory=dict)

    def strikes(self, request: Request) -> bool:
        if self.times <= 0 or self.method not in ("", request.method) or self.contains not in request.path:
            return False
        self.times -= 1
        return True


class Storage(LocalServer):
    """The host that hands out logs and artifacts by link; GitHub's refuses a request that brings a token."""

    def __init__(self) -> None:
        super().__init__()
        self._links: dict[str, tuple[float, Reply]] = {}

    def link(self, data: bytes, *, kind: str, cut: int | None = None) -> str:
        key = secrets.token_urlsafe(12)
        reply = Reply(body=data, headers={"Content-Type": kind}, cut=cut)
        self._links[key] = (time.monotonic() + _LINK_LIVES_S, reply)
        return f"{self.url}/signed/{key}?sig={secrets.token_urlsafe(8)}"

    def answer(self, request: Request) -> Reply:
        if "authorization" in request.headers:
            self.fault(f"a token was sent to the storage host with {request.method} {request.path}")
            return Reply(status=400, body=b"<Error>InvalidAuthenticationInfo</Error>")
        ends, reply = self._links.get(request.path.rpartition("/")[2], (0.0, Reply()))
        if time.monotonic() > ends:
            return Reply(status=403, body=b"<Error>AuthenticationFailed</Error>")
        return Reply(body=reply.body, headers=dict(reply.headers), cut=reply.cut)


class GitHub(LocalServer):
    """Set the stage with `repo()` and `token()`; read `exchanges`, `refusals` and the repositories after."""

    def __init__(self, *, web: str = "https://github.com") -> None:
        self._description = load()
        super().__init__()
        self.storage = Storage()
        self.at = Urls(api=self.url, web=web)
        self.repos: dict[str, Repo] = {}
        self.tokens: dict[str, Token] = {}
        self.refusals: list[str] = []
        self.troubles: list[Trouble] = []
        self._hooks: list[tuple[str, str, Callable[[], None]]] = []

    def __enter__(self) -> Self:
        super().__enter__()
        self.storage.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self.storage.__exit__(kind, error, trace)

    # --- setting the stage ---------------------------------------------------------------------

    def repo(self, full_name: str = "acme/model", **facts: Any) -> Repo:
        """Return the repository, made (private, with one commit) when it is new."""
        if full_name not in self.repos:
            made = self.repos[full_name] = Repo(full_name=full_name, **facts)
            if not made.fork_of:
                made.commit(message="Begin", files={"README.md": "# Model\n"})
        return self.repos[full_name]

    def fork(self, repo: Repo, *, owner: str = "guest") -> Repo:
        """Fork `repo` under another account."""
        fork = repo.add_fork(owner)
        self.repos[fork.full_name] = fork
        return fork

    def token(
        self,
        permissions: dict[str, str] | None = None,
        *,
        repos: Iterable[str] = ("acme/model",),
        login: str = BOT,
        name: str = "",
    ) -> Token:
        """Make a token like that of a job which declares `permissions`, in the spelling of workflows."""
        kind = "Bot" if login.endswith("[bot]") else "User"
        token = Token(
            permissions=permissions or {},
            user=User(login=login, kind=kind),
            repos=frozenset(repos),
            name=name,
        )
        self.tokens[token.value] = token
        return token

    def trouble(self, status: int, *, times: int = 1, retry_after: int | None = None, **which: Any) -> None:
        """Answer the next `times` requests (of `method`, whose path `contains`) with this status."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.troubles.append(Trouble(status=status, times=times, headers=headers, **which))

    def before(self, method: str, contains: str, then: Callable[[], None]) -> None:
        """Run `then` once, just before the first such request is served: another job gets in between."""
        self._hooks.append((method, contains, then))

    def event(self, run: Run, *, repo: Repo, action: str = "completed") -> dict[str, Any]:
        """Return the payload of `workflow_run` for `run`."""
        return {
            "action": action,
            "workflow_run": runs.run(run, repo, self.at),
            "workflow": runs.workflow(run.workflow, repo, self.at),
            "repository": repository(repo, self.at),
            "sender": user(run.actor, self.at),
        }

    def operation(self, request: Request) -> Operation | None:
        """Return the documented endpoint that a recorded request asked for."""
        return self._description.match(request.method, request.path)

    # --- serving -------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        for hook in [h for h in self._hooks if h[0] == request.method and h[1] in request.path]:
            self._hooks.remove(hook)
            hook[2]()
        with self.lock:
            operation = self._description.match(request.method, request.path)
            if operation is None:
                self.fault(f"GitHub has no endpoint {request.method} {request.path}")
                return Refusal(404, "Not Found").reply
            self._check_request(operation, request)
            reply = self._serve(operation, request)
            for text in self._description.answer_faults(operation, status=reply.status, body=reply.body):
                self.fault(f"answered: {text}")
            return reply

    def _serve(self, operation: Operation, request: Request) -> Reply:
        token = self.tokens.get(request.headers.get("authorization", "").partition(" ")[2])
        try:
            reply = self._admitted(operation, request, token)
        except Refusal as refusal:
            reply = refusal.reply
        if token is not None:
            reply.headers |= {
                "X-RateLimit-Limit": str(token.limit),
                "X-RateLimit-Remaining": str(max(0, token.limit - token.used)),
                "X-RateLimit-Used": str(token.used),
                "X-RateLimit-Reset": str(int(time.time()) + 3600),
                "X-RateLimit-Resource": "core",
            }
        if found := ROUTES.get((operation.method, operation.template)):
            reply.headers["X-Accepted-GitHub-Permissions"] = found.accepted
        return _conditional(request, reply)

    def _admitted(self, operation: Operation, request: Request, token: Token | None) -> Reply:
        if "user-agent" not in request.headers:
            raise Refusal(403, "Request forbidden by administrative rules: no User-Agent")
        for trouble in self.troubles:
            if trouble.strikes(request):
                raise self._struck(trouble)
        if token is None:
            known = "authorization" in request.headers
            raise Refusal(401, "Bad credentials" if known else "Requires authentication")
        self._spend(token)
        return self._routed(operation, request, token)

    def _routed(self, operation: Operation, request: Request, token: Token) -> Reply:
        found = ROUTES.get((operation.method, operation.template))
        if found is None:
            self.fault(f"the local GitHub does not serve {operation} yet")
            raise Refusal(404, "Not Found")
        values = operation.values
        repo = Repo(full_name="nobody/nothing")
        if "owner" in values:
            name = f"{values['owner']}/{values['repo']}"
            if name not in self.repos or (self.repos[name].private and name not in token.repos):
                raise Refusal(404, "Not Found")
            repo = self.repos[name]
        self._allow(found, operation, request, token, repo)
        call = Call(server=self, request=request, repo=repo, token=token, values=values, at=self.at)
        return found.handler(call)

    def _allow(self, found: Route, operation: Operation, request: Request, token: Token, repo: Repo) -> None:
        needs = found.needed(repo, operation.values)
        reads_public = not repo.private and request.method == "GET"
        own = repo.full_name in token.repos or not operation.values.get("owner")
        granted = reads_public or not needs or (own and any(token.covers(n) for n in needs))
        if not granted:
            text = f"{token.name or token.user.login}: {operation} needs {' or '.join(map(str, needs))}"
            self.refusals.append(text)
            token.refused.append(text)
            raise Refusal(403, "Resource not accessible by integration")
        if needs and not reads_public:
            token.needed.add(needs)

    def _spend(self, token: Token) -> None:
        token.used += 1
        if token.used > token.limit:
            raise Refusal(403, f"API rate limit exceeded for {token.user.login}.")

    def _struck(self, trouble: Trouble) -> Refusal:
        refusal = Refusal(trouble.status, trouble.message)
        refusal.reply.headers |= trouble.headers
        return refusal

    def _check_request(self, operation: Operation, request: Request) -> None:
        try:
            body = request.json()
        except ValueError:
            self.fault(f"{operation}: the body is not JSON: {request.body[:80]!r}")
            return
        for text in self._description.request_faults(operation, query=request.query, body=body):
            self.fault(f"asked: {text}")


def _conditional(request: Request, reply: Reply) -> Reply:
    """Give what was read an ETag, and answer 304 to who has it already."""
    if request.method != "GET" or reply.status != 200 or isinstance(reply.body, bytes):
        return reply
    digest = hashlib.sha256(json.dumps(reply.body).encode()).hexdigest()
    reply.headers["ETag"] = f'W/"{digest}"'
    if request.headers.get("if-none-match") == reply.headers["ETag"]:
        return Reply(status=304, headers=reply.headers)
    return reply
