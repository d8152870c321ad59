"""Secrets for tests, made up on the spot; one search for the canary finds any of them."""

from __future__ import annotations

import base64
import random
import string
from urllib.parse import quote

CANARY = "Zq9Xw7Kj"

_WORD = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def body(rng: random.Random, length: int, alphabet: str = _WORD) -> str:
    """Return random text with the canary at either end, so that half a secret is found too."""
    middle = "".join(rng.choices(alphabet, k=length - 2 * len(CANARY)))
    return CANARY + middle + CANARY


def provider_tokens(rng: random.Random) -> list[str]:
    """Return lines of a log, each with a token in the format of some provider."""
    jwt = ".".join(
        base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")
        for part in ('{"alg":"HS256"}', '{"sub":"1"}')
    )
    return [
        f"remote: https://x-access-token:ghs_{body(rng, 36)}@github.com/acme/model",
        f"GH_TOKEN=ghp_{body(rng, 36)}",
        f"token github_pat_{body(rng, 22)}_{body(rng, 59)} rejected",
        f"aws_secret_access_key = {body(rng, 40)}",
        f"using key AIza{body(rng, 35)}",
        f"Authorization: Bearer {jwt}.{body(rng, 43)}",
        f"slack xoxb-123456789012-1234567890123-{body(rng, 24)}",
        f"glpat-{body(rng, 20)} has expired",
        f"//registry/:_authToken=npm_{body(rng, 36)}",
        f"HF_TOKEN: hf_{body(rng, 34)}",
        f"Stripe: sk_live_{body(rng, 24)}",
        f"psycopg2.OperationalError: postgresql://app:{body(rng, 20)}@db.internal:5432/models",
        f"ERROR connecting with password={body(rng, 20)}",
    ]


def private_key(rng: random.Random) -> list[str]:
    """Return the lines of a private key."""
    lines = [body(rng, 64) for _ in range(4)]
    return ["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"]


def encodings(value: str) -> list[str]:
    """Return lines in which a known value hides."""
    return [
        f"plain {value}",
        f"base64 {base64.b64encode(value.encode()).decode()}",
        f"basic {base64.b64encode(f'user:{value}'.encode()).decode()}",
        f"hex {value.encode().hex()}",
        f"address https://host/?q={quote(value, safe='')}",
    ]


def traces(value: str) -> list[str]:
    """Return what must not be found of a known value: itself and its encodings."""
    return [line.split(" ", 1)[1].removeprefix("https://host/?q=") for line in encodings(value)]
