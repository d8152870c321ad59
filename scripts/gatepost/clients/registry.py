"""An OCI registry, asked one question: is the manifest with this digest there?"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from gatepost.clients.http import MIB, USER_AGENT, Answer, Http, Limits
from gatepost.errors import RefusedError, UpstreamError

MANIFEST_BYTES = 4 * MIB
"""The distribution specification lets a registry refuse larger manifests."""

_ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_HOSTS = {"docker.io": "registry-1.docker.io"}
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_LIMITS = Limits(deadline_s=60.0, timeout_s=15.0, body_bytes=MANIFEST_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """One registry, by the host of an image reference."""

    host: str
    """Such as `ghcr.io` or `localhost:5000`."""

    username: str = ""
    password: str = ""
    """Of a user, or a token; both empty for a registry that serves anybody."""

    insecure: bool = False
    """Speak plain http; a loopback address always does, as container engines do."""

    def require(self, repository: str, digest: str) -> str:
        """
        Return the media type of the manifest `digest` in `repository`, a path without the host.

        The manifest is read and hashed, so that a registry that answers yes to everything is found out.
        Raises `RefusedError` when it is not there, `UpstreamError` when that cannot be told.
        """
        shown = f"{self.host}/{repository}@{digest}"
        answer = self._get(f"/v2/{repository}/manifests/{digest}", repository)
        if answer.status == 404:
            raise RefusedError(
                f"{self.host} has no {repository}@{digest}",
                fix="push the image first, and hand off the digest that the push printed",
            )
        if not answer.ok:
            raise self._unhelpful(answer, shown)
        got = "sha256:" + hashlib.sha256(answer.body).hexdigest()
        if got != digest:
            raise RefusedError(
                f"{self.host} answers for {digest} with other content ({got})",
                fix="do not deploy from this registry before its owner has looked at it",
            )
        return answer.headers.get("content-type", "").partition(";")[0]

    @property
    def base_url(self) -> str:
        """Where its API is."""
        scheme = "http" if self.insecure or _loopback(self.host) else "https"
        return f"{scheme}://{_HOSTS.get(self.host, self.host)}"

    def _get(self, path: str, repository: str) -> Answer:
        headers = {"Accept": _ACCEPT}
        answer = Http(base_url=self.base_url, headers=headers, limits=_LIMITS).fetch("GET", path)
        if answer.status != 401:
            return answer
        challenge = answer.headers.get("www-authenticate", "")
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "bearer":
            token = self._token(dict(_CHALLENGE.findall(rest)), repository)
            known = Http(base_url=self.base_url, token=token, headers=headers, limits=_LIMITS)
            return known.fetch("GET", path)
        if kind.lower() == "basic" and self.username:
            return self._with_password(self.base_url + path, headers=headers)
        return answer

    def _token(self, challenge: Mapping[str, str], repository: str) -> str:
        """Fetch a pull token from where the registry sends us, which must be as private as itself."""
        realm = challenge.get("realm", "")
        parts = urlsplit(realm)
        if parts.scheme != "https" and (parts.scheme, parts.netloc) != urlsplit(self.base_url)[:2]:
            raise UpstreamError(
                f"{self.host} asks to log in at {realm!r}, which is neither https nor itself",
                fix="check the registry's address and its token service",
            )
        query = {"scope": f"repository:{repository}:pull"}
        if "service" in challenge:
            query["service"] = challenge["service"]
        answer = self._with_password(realm, headers={}, query=query)
        try:
            found = json.loads(answer.body)
            token = found.get("token") or found.get("access_token")
        except (ValueError, AttributeError):
            token = None
        if not answer.ok or not isinstance(token, str):
            raise self._unhelpful(answer, repository)
        return token

    def _with_password(
        self, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request with the user's password; no redirect is followed with it."""
        auth = (self.username, self.password) if self.username else _nobody
        try:
            with requests.get(
                url, params=query, headers={"User-Agent": USER_AGENT, **headers}, auth=auth,
                timeout=_LIMITS.timeout_s, allow_redirects=False, stream=True,
            ) as response:  # fmt: skip
                body = response.raw.read(MANIFEST_BYTES + 1, decode_content=True)
        except requests.RequestException as error:
            raise UpstreamError(
                f"{self.host} cannot be reached ({type(error).__name__})",
                fix="check the registry's address and the network, then run again",
            ) from None
        return Answer(status=response.status_code, headers=response.headers, body=body, url=url)

    def _unhelpful(self, answer: Answer, shown: str) -> UpstreamError:
        if answer.status in {401, 403}:
            return UpstreamError(
                f"{self.host} answered {answer.status} for {shown}",
                fix="give registry-username and registry-password with the right to pull",
            )
        return UpstreamError(
            f"{self.host} answered {answer.status} for {shown}",
            fix="try again later, or look at the registry",
        )


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no credentials, and keep requests from looking for some in a netrc file."""
    return request


def _loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
