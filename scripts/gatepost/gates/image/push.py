"""Push an OCI archive and return the digest that the registry now has."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gatepost.clients.process import find, run
from gatepost.errors import UpstreamError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
LOOPBACK = ("localhost:", "127.0.0.1:", "[::1]:")


def push(archive: Path, reference: str, *, env: Mapping[str, str], timeout_s: float = 900.0) -> str:
    """
    Copy the archive to `reference`; return `sha256:…` as the registry computed it.

    Credentials are those of `docker login` (or REGISTRY_AUTH_FILE). A registry on this machine may
    speak plain HTTP; any other must not. Raises `UpstreamError` when the registry refuses.
    """
    skopeo = find("skopeo", fix="install skopeo (GitHub's Ubuntu runners have it)", env=env)
    plain = ["--dest-tls-verify=false"] if reference.startswith(LOOPBACK) else []
    with tempfile.TemporaryDirectory() as folder:
        said_digest = Path(folder) / "digest"
        argv = [skopeo, "copy", "--quiet", "--retry-times", "2", *plain, "--digestfile", str(said_digest)]
        done = run(
            [*argv, f"oci-archive:{archive}", f"docker://{reference}"],
            cwd=archive.parent,
            timeout_s=timeout_s,
            env=env,
        )
        digest = said_digest.read_text("utf-8").strip() if said_digest.is_file() else ""
    if done.stopped or done.exit_code or not DIGEST.fullmatch(digest):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise UpstreamError(
            f"the registry did not take {reference}: {''.join(said)[:500] or done.stopped}",
            fix="log in to it first, and give the job `packages: write`; nothing was handed off",
        )
    return digest
