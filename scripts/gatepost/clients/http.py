"""HTTP for the clients: bounded in time and in size, polite, and careful where a token goes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from gatepost import __version__
from gatepost.errors import UpstreamError

USER_AGENT = f"gatepost/{__version__}"

MIB = 1024 * 1024

# What a gateway says when the service behind it may be back in a moment.
_PASSING_TROUBLE = frozenset({500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_HOPS = 3
_MAX_TRIES = 4
_BACKOFF_S = 0.5


class _Bearer(AuthBase):
    """Sends the token to one host only; also keeps requests from reading a netrc file."""

    def __init__(self, token: str, origin: str) -> None:
        self._token = token
        self._origin = origin

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token and _origin(request.url or "") == self._origin:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much one client may take."""

    deadline_s: float = 120.0
    """For all requests of a client together, waits included; counted from its first use."""

    timeout_s: float = 20.0
    """For a connection, and for each silence while reading."""

    body_bytes: int = 32 * MIB
    """The most one answer may hold once decompressed."""


@dataclass(slots=True, kw_only=True)
class Http:
    """Requests to one API: retried, throttled and cut off in one place. Safe to share between threads."""

    base_url: str
    token: str = ""
    limits: Limits = field(default_factory=Limits)
    headers: Mapping[str, str] = field(default_factory=dict)
    _session: requests.Session = field(init=False, repr=False)
    _ends: float = field(init=False, default=0.0, repr=False)

    def __post_init__(self) -> None:
        """Open the connection pool; nothing is sent yet."""
        self.base_url = self.base_url.rstrip("/")
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": USER_AGENT, **self.headers})
        self._session.auth = _Bearer(self.token, _origin(self.base_url))
        pool = HTTPAdapter(pool_connections=4, pool_maxsize=32)
        self._session.mount("https://", pool)
        self._session.mount("http://", pool)
        self._ends = time.monotonic() + self.limits.deadline_s

    def fetch(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, json: object = None
    ) -> Answer:
        """
        Send one request and read its whole answer, whatever the status.

        Raises `UpstreamError` when no answer came in time, or one larger than `limits.body_bytes`.
        """
        with self.stream(method, path, params=params, json=json) as response:
            body = b"".join(self.chunks(response, limit_bytes=self.limits.body_bytes))
            return Answer(
                status=response.status_code, headers=response.headers, body=body, url=str(response.url)
            )

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: object = None,
    ) -> Iterator[requests.Response]:
        """
        Send one request and hand over the open answer, after redirects.

        A redirect is followed only to https or to the same host, and another host never gets the
        token: GitHub sends logs and artifacts from a storage host by a link that is itself the key.
        """
        url = self.base_url + path
        for _ in range(_MAX_HOPS + 1):
            response = self._try(method, url, params=params, json=json)
            if response.status_code not in _REDIRECTS or "location" not in response.headers:
                break
            url, params = self._next_hop(url, response), None
        else:
            raise UpstreamError(
                f"{_shown(self.base_url + path)} redirects more than {_MAX_HOPS} times",
                fix="check the API's address",
            )
        with response:
            yield response

    def chunks(self, response: requests.Response, *, limit_bytes: int) -> Iterator[bytes]:
        """Read an open answer piece by piece, decompressed; raises when it is over `limit_bytes` or late."""
        seen = 0
        try:
            for chunk in response.iter_content(256 * 1024):
                seen += len(chunk)
                if seen > limit_bytes:
                    raise UpstreamError(
                        f"{_shown(response.url)} sent more than {limit_bytes} bytes",
                        fix="look at the original; gatepost reads no answer larger than that",
                    )
                if time.monotonic() > self._ends:
                    raise self._late(response.url)
                yield chunk
        except requests.RequestException as error:
            raise UpstreamError(
                f"{_shown(response.url)} broke off after {seen} bytes ({type(error).__name__})",
                fix="try again; the connection or the service failed half-way",
            ) from error

    def _try(
        self, method: str, url: str, *, params: Mapping[str, str | int] | None, json: object
    ) -> requests.Response:
        """Send until an answer is worth having. A write is repeated only when it was surely not done."""
        repeatable = method == "GET"
        for attempt in range(1, _MAX_TRIES + 1):
            left = self._ends - time.monotonic()
            if left <= 0:
                raise self._late(url)
            try:
                response = self._session.request(
                    method,
                    url,
                    params=params,
                    json=json,
                    stream=True,
                    allow_redirects=False,
                    timeout=min(self.limits.timeout_s, left),
                )
            except requests.RequestException as error:
                wait = _BACKOFF_S * 2 ** (attempt - 1)
                if not repeatable or attempt == _MAX_TRIES or wait > self._ends - time.monotonic():
                    raise UpstreamError(
                        f"{_shown(url)} cannot be reached ({type(error).__name__})",
                        fix="check the address, the network and any proxy, then try again",
                    ) from error
            else:
                asked = _throttled_s(response)
                passing = repeatable and response.status_code in _PASSING_TROUBLE
                wait = asked if asked is not None else _BACKOFF_S * 2 ** (attempt - 1)
                if (asked is None and not passing) or attempt == _MAX_TRIES:
                    return response
                if wait > self._ends - time.monotonic():
                    return response  # the caller says what a 429 or 503 means
                response.close()
            time.sleep(wait)
        raise self._late(url)

    def _next_hop(self, url: str, response: requests.Response) -> str:
        target = urljoin(url, response.headers["location"])
        response.close()
        scheme = urlsplit(target).scheme
        if scheme != "https" and (scheme != "http" or _host(target) != _host(url)):
            raise UpstreamError(
                f"{_shown(url)} redirects to {_shown(target)}, which is neither https nor the same host",
                fix="check the API's address; gatepost does not follow such a redirect",
            )
        return target

    def _late(self, url: str) -> UpstreamError:
        return UpstreamError(
            f"{_shown(url)} was not read within {self.limits.deadline_s:.0f} s",
            fix="try again later; the service is slow or limits this token",
        )


def _throttled_s(response: requests.Response) -> float | None:
    """
    Seconds to wait before GitHub wants to hear from us again, or `None` when it does not throttle.

    Primary and secondary limits both come as 403 or 429, with `retry-after`, or with no requests
    remaining and the time of the reset, or (secondary) with neither: then a minute is asked for.
    """
    if response.status_code not in (403, 429):
        return None
    headers = response.headers
    if (after := headers.get("retry-after", "")).isdigit():
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdigit():
        # The service's own clock, so that a wrong one here costs nothing.
        now = parsedate_tz(headers.get("date", ""))
        return max(1.0, float(headers["x-ratelimit-reset"]) - mktime_tz(now)) if now else 60.0
    return 60.0 if response.status_code == 429 else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _shown(url: str | None) -> str:
    """Show an address without its query: that of a log's link is a credential."""
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
