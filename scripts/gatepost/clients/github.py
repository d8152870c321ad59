"""GitHub: read and write one repository over its REST API, github.com or an Enterprise Server."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from pydantic import BaseModel, ValidationError

from gatepost.clients.http import Answer, Http, Limits
from gatepost.errors import ConfigError, UpstreamError

Shape = TypeVar("Shape", bound=BaseModel)
Params = Mapping[str, str | int]

PAGE = 100
LOG_BYTES = 4 * 1024**3
"""A log is read as a stream, so this bounds time and traffic rather than memory."""

_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHub:
    """
    One repository. Safe to share between threads.

    Raises `ConfigError` for what the caller can change (an unknown run, a token without the
    permission) and `UpstreamError` for what only time or GitHub can.
    """

    def __init__(
        self,
        repository: str,
        *,
        token: str = "",
        api_url: str = "https://api.github.com",
        limits: Limits | None = None,
    ) -> None:
        self.repository = repository
        self.http = Http(base_url=api_url, token=token, headers=_HEADERS, limits=limits or Limits())
        self._token = token

    def one(self, shape: type[Shape], path: str, *, params: Params | None = None) -> Shape:
        """Read one object at `path`, below the repository."""
        return self._shaped(shape, self.get(path, params=params), path)

    def every(
        self, shape: type[Shape], path: str, *, key: str = "", params: Params | None = None, most: int = 1000
    ) -> Iterator[Shape]:
        """
        Read a list page by page, `most` items at the utmost.

        `key` names the list inside the answer where GitHub wraps it, such as `jobs`.
        """
        seen = 0
        page = 1
        while seen < most:
            answer = self.get(path, params={**(params or {}), "per_page": PAGE, "page": page})
            items = answer.get(key) if key and isinstance(answer, dict) else answer
            if not isinstance(items, list):
                raise _misshapen(path, f"no list {key or 'at the top'}")
            for item in items[: most - seen]:
                yield self._shaped(shape, item, path)
            seen += len(items)
            page += 1
            if len(items) < PAGE:
                return

    def get(self, path: str, *, params: Params | None = None) -> Any:
        """Read JSON at `path`, below the repository."""
        return self.send("GET", path, params=params)

    def send(self, method: str, path: str, *, body: object = None, params: Params | None = None) -> Any:
        """Send one request below the repository; return the JSON answered, or `None` when there is none."""
        answer = self.http.fetch(method, self._at(path), params=params, json=body)
        if not answer.ok:
            raise self._refused(method, path, answer)
        if not answer.body:
            return None
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise _misshapen(path, "not JSON") from error

    def file(self, path: str, *, ref: str = "") -> bytes | None:
        """Read a file of at most 1 MB at `ref` (the default branch unless given); `None` if there is none."""
        where = f"/contents/{quote(path)}"
        answer = self.http.fetch("GET", self._at(where), params={"ref": ref} if ref else None)
        if answer.status == 404:
            return None
        if not answer.ok:
            raise self._refused("GET", where, answer)
        try:
            return base64.b64decode(json.loads(answer.body)["content"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _misshapen(where, "not a file") from error

    def folder(self, path: str) -> list[str]:
        """List the names in a folder of the default branch; none when there is no such folder."""
        where = f"/contents/{quote(path)}"
        answer = self.http.fetch("GET", self._at(where))
        if answer.status == 404:
            return []
        if not answer.ok:
            raise self._refused("GET", where, answer)
        try:
            return [str(entry["name"]) for entry in json.loads(answer.body)]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _misshapen(where, "not a folder") from error

    @contextmanager
    def open(self, path: str, *, limit_bytes: int = LOG_BYTES) -> Iterator[Iterator[bytes]]:
        """Open a log or an archive for reading piece by piece, through GitHub's redirect to its storage."""
        with self.http.stream("GET", self._at(path)) as response:
            if response.status_code >= 400:
                raise self._refused("GET", path, _whole(self.http, response))
            yield self.http.chunks(response, limit_bytes=limit_bytes)

    def _at(self, path: str) -> str:
        return f"/repos/{quote(self.repository)}{path}"

    def _shaped(self, shape: type[Shape], value: object, path: str) -> Shape:
        try:
            return shape.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise _misshapen(path, f"{where or 'the answer'}: {first['msg'].lower()}") from error

    def _refused(self, method: str, path: str, answer: Answer) -> ConfigError | UpstreamError:
        """Say what a refusal means and what to do about it."""
        where = f"{method} {path} in {self.repository}"
        said = _message(answer)
        if answer.status == 401:
            return ConfigError(
                f"GitHub {'does not accept the' if self._token else 'wants a'} token ({where}: {said})",
                fix="set GITHUB_TOKEN to a valid one; in a workflow: `github-token: ${{ github.token }}`",
            )
        if answer.status == 429 or (answer.status == 403 and _is_rate_limit(answer, said)):
            after = answer.headers.get("retry-after", "")
            return UpstreamError(
                f"GitHub limits this token's rate ({where}: {said})",
                fix=f"wait {after} s and try again"
                if after.isdigit()
                else "wait for the limit to reset, up to an hour",
            )
        if answer.status == 403:
            return ConfigError(
                f"GitHub refuses the token {_needed(answer)}({where}: {said})", fix=_grant(answer)
            )
        if answer.status == 404:
            return ConfigError(
                f"GitHub knows nothing at {path} in {self.repository}, or hides it from this token",
                fix="check the address; for a private repository the token needs read access to it"
                + ("" if self._token else ": set GITHUB_TOKEN"),
            )
        if answer.status == 410:
            return UpstreamError(
                f"GitHub no longer has {path} of {self.repository} (410)",
                fix="re-run the job: logs and artifacts expire, after 90 days unless configured otherwise",
            )
        return UpstreamError(f"GitHub answered {answer.status} to {where}: {said}", fix="try again later")


def _whole(http: Http, response: requests.Response) -> Answer:
    body = b"".join(http.chunks(response, limit_bytes=http.limits.body_bytes))
    return Answer(status=response.status_code, headers=response.headers, body=body, url=response.url)


def _message(answer: Answer) -> str:
    """GitHub's own word on a refusal; the status when there is none."""
    try:
        said = json.loads(answer.body)["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        said = ""
    return (
        f"{answer.status}, {' '.join(said.split())[:300]}"
        if isinstance(said, str) and said
        else str(answer.status)
    )


def _is_rate_limit(answer: Answer, said: str) -> bool:
    exhausted = answer.headers.get("x-ratelimit-remaining") == "0"
    return exhausted or "retry-after" in answer.headers or "rate limit" in said.lower()


def _needed(answer: Answer) -> str:
    needed = answer.headers.get("x-accepted-github-permissions", "")
    return f"without `{needed}` " if needed else ""


def _grant(answer: Answer) -> str:
    """Turn `actions=read; contents=read` into the lines to paste."""
    needed = answer.headers.get("x-accepted-github-permissions", "").split(";")[0]
    pairs = [pair.strip().partition("=") for pair in needed.split(",") if "=" in pair]
    if not pairs:
        return "give the token the permission for this, under `permissions:` of the job"
    lines = ", ".join(f"`{name.strip().replace('_', '-')}: {level.strip()}`" for name, _, level in pairs)
    return f"add {lines} under `permissions:` of the job, or to the token's own permissions"


def _misshapen(path: str, why: str) -> UpstreamError:
    return UpstreamError(
        f"GitHub's answer at {path} is not what its API documents ({why})",
        fix="check the API's address; behind it may be a proxy or a login page",
    )
