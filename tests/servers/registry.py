"""An OCI registry as the distribution specification has it, as far as reading a manifest goes."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from tests.servers.http import LocalServer, Reply, Request

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_MANIFESTS = re.compile(r"/v2/(?P<name>[a-z0-9./_-]+)/manifests/(?P<reference>[^/]+)")


class Registry(LocalServer):
    """
    Serves manifests by digest.

    With `login` it sends clients to its token service first, as ghcr.io and Docker Hub do; `basic`
    asks for the password itself. `mood` is `well`, `down` (503), `refusing` (403) or `lying`
    (other content under the digest that was asked for).
    """

    def __init__(self, *, login: tuple[str, str] | None = None, basic: bool = False) -> None:
        super().__init__()
        self.host = self.url.removeprefix("http://")
        self.login = login
        self.basic = basic
        self.realm = f"{self.url}/token"
        self.mood = "well"
        self._manifests: dict[tuple[str, str], bytes] = {}

    def push(self, repository: str, text: str = "") -> str:
        """Keep a manifest that differs by `text` and return its digest."""
        config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2}
        body = json.dumps(
            {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "annotations": {"text": text}}
        ).encode()
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        self._manifests[repository, digest] = body
        return digest

    def answer(self, request: Request) -> Reply:
        if request.path == "/token":
            return self._token(request)
        if self.mood == "down":
            return Reply(status=503, body={"errors": [{"code": "UNAVAILABLE"}]})
        if not self._welcome(request):
            return self._challenge(request)
        if self.mood == "refusing":
            return Reply(status=403, body={"errors": [{"code": "DENIED"}]})
        found = _MANIFESTS.fullmatch(request.path)
        body = self._manifests.get((found["name"], found["reference"])) if found else None
        if body is None:
            return Reply(status=404, body={"errors": [{"code": "MANIFEST_UNKNOWN"}]})
        if MANIFEST not in request.headers.get("accept", ""):
            return Reply(status=406, body={"errors": [{"code": "MANIFEST_INVALID"}]})
        if self.mood == "lying":
            body += b" "
        return Reply(body=body, headers={"Content-Type": MANIFEST})

    def _welcome(self, request: Request) -> bool:
        if self.login is None:
            return True
        given = request.headers.get("authorization", "")
        return given == (f"Basic {self._encoded()}" if self.basic else "Bearer pull-token")

    def _challenge(self, request: Request) -> Reply:
        scope = "repository:" + request.path.removeprefix("/v2/").partition("/manifests")[0] + ":pull"
        bearer = f'Bearer realm="{self.realm}",service="local",scope="{scope}"'
        value = 'Basic realm="local"' if self.basic else bearer
        return Reply(
            status=401, body={"errors": [{"code": "UNAUTHORIZED"}]}, headers={"WWW-Authenticate": value}
        )

    def _token(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Basic {self._encoded()}":
            return Reply(status=401, body={"errors": [{"code": "UNAUTHORIZED"}]})
        return Reply(body={"token": "pull-token", "expires_in": 300})

    def _encoded(self) -> str:
        return base64.b64encode(":".join(self.login or ("", "")).encode()).decode()
