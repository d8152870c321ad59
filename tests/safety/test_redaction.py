"""What a secret looks like goes, wherever it stands; what only resembles one stays."""

import base64
import io
import json
import random
import re
import string
from html import escape
from urllib.parse import quote

import pytest

from gatepost.safety import Redacted, redact, redact_stream
from gatepost.safety.redaction.scrub import LOOKAHEAD, PIECE
from gatepost.safety.redaction.tokens import FORMATS

BASE62 = string.ascii_letters + string.digits


def generated(seed: object, length: int, alphabet: str = BASE62) -> str:
    chance = random.Random(repr(seed))
    return "".join(chance.choices(alphabet, k=length))


def leaks(secret: str, text: str) -> bool:
    """Tell whether `text` holds the secret, or eight characters in a row of it past the prefix."""
    return secret in text or any(secret[i : i + 8] in text for i in range(8, len(secret) - 7))


# Each row of the grammar: prefix, then length and alphabet of the part that a provider generates.
HEX = "0123456789abcdef"
URL_SAFE = BASE62 + "_-"
TOKENS = [
    ("ghp_", 36, BASE62), ("gho_", 36, BASE62), ("ghs_", 520, BASE62 + "._-"),
    ("github_pat_", 82, BASE62 + "_"), ("glpat-", 20, URL_SAFE), ("gldt-", 20, BASE62),
    ("glrt-", 20, BASE62), ("AKIA", 16, string.ascii_uppercase + "234567"),
    ("ASIA", 16, string.ascii_uppercase + "234567"), ("AIza", 35, URL_SAFE), ("ya29.", 120, URL_SAFE),
    ("GOCSPX-", 28, URL_SAFE), ("xoxb-123456789012-1234567890123-", 24, BASE62), ("sk_live_", 24, BASE62),
    ("whsec_", 32, BASE62), ("npm_", 36, BASE62), ("pypi-AgEIcHlwaS5vcmc", 120, URL_SAFE),
    ("dckr_pat_", 27, URL_SAFE), ("hf_", 34, BASE62), ("sk-proj-", 48, URL_SAFE),
    ("sk-ant-api03-", 95, URL_SAFE), ("sk-or-v1-", 64, HEX), ("gsk_", 52, BASE62), ("r8_", 37, BASE62),
    ("dapi", 32, HEX), ("SK", 32, HEX), ("key-", 32, HEX), ("hvs.", 90, URL_SAFE), ("dop_v1_", 64, HEX),
    ("lin_api_", 40, BASE62), ("ntn_", 46, BASE62), ("figd_", 40, URL_SAFE), ("shpat_", 32, HEX),
    ("pscale_tkn_", 43, BASE62), ("sbp_", 40, HEX), ("bkua_", 40, HEX), ("sntrys_", 100, BASE62),
    ("glsa_" + "a1B2" * 8 + "_", 8, HEX), ("PMAK-" + "1a" * 12 + "-", 34, HEX),
    ("NRAK-", 27, string.ascii_uppercase + string.digits), ("CCIPAT_", 44, BASE62), ("sqp_", 40, HEX),
    ("pul-", 40, HEX), ("tskey-auth-", 30, BASE62), ("dp.pt.", 43, BASE62), ("rubygems_", 48, HEX),
    ("pplx-", 48, BASE62), ("xai-", 80, BASE62), ("nvapi-", 64, URL_SAFE),
    ("AGE-SECRET-KEY-1", 58, string.ascii_uppercase + string.digits), ("LTAI", 20, BASE62),
    ("ATATT3xFfGF0", 180, URL_SAFE), ("ATBB", 32, BASE62),
    ("oy2", 43, string.ascii_lowercase + string.digits),
]  # fmt: skip
PLACES = [
    "{}",
    "2026-03-17T21:40:40.4335939Z + export API_TOKEN={}",
    "Authorization: Bearer {}",
    '{{"out": "line1\\n{}\\nline3"}}',
    "GET /cb?state=1%26token%3D{}%26x HTTP/1.1",
    "env: {{'PATH': '/usr/bin', 'SVC': '{}'}}",
    "\x1b[33m>{}<\x1b[0m",
    'panic: unexpected response for "{}": EOF',
]


@pytest.mark.parametrize(("prefix", "length", "alphabet"), TOKENS, ids=[row[0] for row in TOKENS])
def test_every_provider_token_goes_from_every_place(prefix: str, length: int, alphabet: str):
    for place in PLACES:
        for seed in range(8):
            token = prefix + generated((prefix, place, seed), length, alphabet)

            redacted = redact(place.format(token))

            assert not leaks(token, redacted), (token, redacted)
            assert "[redacted: " in redacted


def test_a_json_web_token_goes():
    parts = [
        json.dumps({"alg": "RS256", "typ": "JWT"}),
        json.dumps({"iss": "https://idp.test", "sub": "x" * 40}),
    ]
    token = ".".join(
        [*(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts), generated(1, 43)]
    )

    assert not leaks(token, redact(f"id_token is {token}."))


def test_every_format_names_its_source_and_cannot_backtrack_without_bound():
    for form in FORMATS:
        assert form.source
        repeats = re.sub(r"\\.|\[[^\]]*\]|\}\+", "", form.pattern.pattern)
        assert "+" not in repeats
        assert "*" not in repeats


VALUE = "s3cr3t/Va+lue?&'x\"<é>"


@pytest.mark.parametrize(
    "form",
    [
        VALUE,
        json.dumps(VALUE),
        json.dumps(json.dumps(VALUE)),
        json.dumps(VALUE).replace("/", "\\/"),
        repr(VALUE),
        escape(VALUE),
        quote(VALUE, safe=""),
        re.sub("%..", lambda m: m[0].lower(), quote(VALUE, safe="")),
        VALUE.encode().hex(),
        VALUE.encode().hex().upper(),
        *(base64.b64encode(b"u:"[:n] + VALUE.encode() + b"tail").decode() for n in range(3)),
        base64.urlsafe_b64encode(VALUE.encode()).decode(),
        "'" + VALUE.replace("'", "'\\''") + "'",
        VALUE[:4] + "\x1b[0m" + VALUE[4:],
        VALUE[:4] + "\u200b" + VALUE[4:],
    ],
)
def test_a_known_value_goes_in_every_form(form: str):
    redacted = redact(f"before {form} after", known=[VALUE])

    assert redacted.startswith("before ")
    assert redacted.endswith(" after")
    core = re.sub(r"\[redacted: [a-z ]+\]", "", redacted)
    assert not any(form[i : i + 6] in core for i in range(2, len(form) - 8))


def test_each_line_of_a_known_value_goes_and_short_values_stay():
    redacted = redact(
        "a\nfirst line of it\nb\nsecond line of it\nabc",
        known=["first line of it\nsecond line of it\n", "abc"],
    )

    assert redacted.split("\n") == ["a", "[redacted: known value]", "b", "[redacted: known value]", "abc"]


def key_lines(seed: int, lines: int = 12) -> list[str]:
    return [generated((seed, n), 64, BASE62 + "+/") for n in range(lines)] + [
        generated((seed, "end"), 20) + "="
    ]


@pytest.mark.parametrize(
    "kind",
    ["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"],
)
@pytest.mark.parametrize("before", ["", "    ", "2026-01-01T00:00:0{}.0000000Z ", "+ ", "pod/x-{} | "])
@pytest.mark.parametrize("ended", [True, False])
def test_a_private_key_goes_and_the_lines_around_it_stay(kind: str, before: str, ended: bool):
    body = key_lines(3)
    lines = [f"-----BEGIN {kind}-----", *body, *([f"-----END {kind}-----"] if ended else [])]
    text = "\n".join(
        ["first", *(before.format(n % 10) + line for n, line in enumerate(lines)), "the next step failed"]
    )

    redacted = redact(text)

    assert not any(leaks(line, redacted) for line in body)
    assert redacted.count("\n") == text.count("\n")
    assert redacted.startswith("first\n")
    assert redacted.endswith("\nthe next step failed")


@pytest.mark.parametrize("newline", ["\\n", "\\\\n", "\\r\\n", " ", "%0A"])
def test_a_private_key_on_one_line_goes(newline: str):
    body = key_lines(4)
    pem = newline.join(["-----BEGIN PRIVATE KEY-----", *body, "-----END PRIVATE KEY-----"])

    redacted = redact(f'{{"private_key": "{pem}", "client_email": "x@y.test"}}')

    assert not any(leaks(line, redacted) for line in body)
    assert '"client_email": "x@y.test"' in redacted


P = "zK9#mq2!Lx7vT"
R = generated("r", 40)
BASIC = base64.b64encode(b"robot:" + P.encode()).decode()
DOCKER = base64.b64encode(b"bot:" + R.encode()).decode()
DATA = base64.b64encode(P.encode() * 2).decode()
DOTENV = base64.b64encode(f"API_TOKEN={R}\nMODE=x\n".encode()).decode()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"password={P}", P),
        (f"DB_PASSWORD: '{P}'", P),
        (f'"password": "{P}",', P),
        (f"&quot;password&quot;:&quot;{R}&quot;", R),
        (f"%22password%22%3A%22{R}%22", R),
        (f'{{\\"db\\":{{\\"password\\":\\"{R}\\"}}}}', R),
        (f"export MY_SERVICE_SECRET=\"{R}\"", R),
        (f"aws_secret_access_key = {R}", R),
        (f"aws configure set aws_secret_access_key {R}", R),
        (f"postgres://app:{P.replace('#', '%23')}@db.test:5432/x", P.replace("#", "%23")),
        (f"https://user:{R}@git.test/o/r.git", R),
        (f"git clone https://{R}@git.test/o/r.git", R),
        (f"Server=db;Database=x;User Id=sa;Password={R};Encrypt=true", R),
        (f"AccountName=x;AccountKey={R}{R}==;EndpointSuffix=core.windows.net", R + R),
        (f"> Authorization: Basic {BASIC}", BASIC),
        (f"Cookie: sessionid={R}; theme=dark", R),
        (f"Set-Cookie: _gh_sess={R}; HttpOnly; Path=/", R),
        (f"X-Api-Key: {R}", R),
        (f"X-Vault-Token: {R}", R),
        (f"curl -u admin:{P} https://x.test", P),
        (f"docker login -u robot -p {R} registry.test", R),
        (f"mysql -h db -u root -p{R} app", R),
        (f"mytool --password {P} --verbose", P),
        (f"mytool --api-key={R}", R),
        (f"sshpass -p '{P}' ssh host", P),
        (f"machine api.test login robot password {R}", R),
        (f"//npm.acme.test/:_authToken={R}", R),
        (f"<password>{P}</password>", P),
        (f'<add key="ApiKey" value="{R}"/>', R),
        (f"map[API_KEY:{R} HOME:/root]", R),
        (f'- name: DB_PASSWORD\n  value: "{P}"', P),
        (f'{{"name":"API_TOKEN","value":"{R}"}}', R),
        ('{"auths":{"ghcr.io":{"auth":"' + DOCKER + '"}}}', DOCKER),
        (f"kind: Secret\ndata:\n  config: {DATA}", DATA),
        (f"client_secret={'3f9a1c2e-77b0-4d5e-9a1b-0c2d3e4f5a6b'}", "3f9a1c2e-77b0-4d5e-9a1b-0c2d3e4f5a6b"),
        (f"https://x.blob.core.windows.net/c?sv=2024-01-01&sig={quote(R + '+/a=', safe='')}", R),
        (f"token: \x1b[32m{R}\x1b[0m", R),
        ("env: " + DOTENV, DOTENV[:40]),
        (f"acme_live_{R}", R),
    ],
)  # fmt: skip
def test_context_gives_a_secret_away(text: str, secret: str):
    redacted = redact(text)

    assert not leaks(secret, redacted), redacted
    assert redacted.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "HEAD is now at 38dd56e Fix flaky test",
        "commit 777201ae7d8adca55dfa8cd54c4dba689a4b6c80",
        "digest: sha256:c496ec710446a921301ed6add07c19692af40babc186aedae8acd0d72557028a",
        "x-request-id: d756d4a0-253f-b29b-2ce3-106eafa2dbf5",
        "github.com/pkg/errors v0.9.1 h1:izphBfabZpkCAA+YCrNdxIqlVnirNTFipTyJge8gewE=",
        f'"integrity": "sha512-{generated("sri", 86)}==",',
        "AWS_SECRET_ACCESS_KEY=***",
        "token: ${{ secrets.GITHUB_TOKEN }}",
        "password=$DB_PASSWORD",
        "password: <password>",
        "POSTGRES_PASSWORD=changeme",
        "//npm.acme.test/:_authToken=${NPM_TOKEN}",
        "max_tokens=4096, total_tokens: 812",
        "SyntaxError: Unexpected token: identifier",
        "cache key: Linux-node-8f3a1c2e77b04d5e9a1b0c2d3e4f5a6b",
        "Cache restored from key: scons-80e97d4616afb88a453287f223a79cfdb9eaa9f651ea471f8-1655",
        "acme.test/gopass v0.0.0-20190910152052-7cb4b85ec19c h1:lADxMC39cJJqL93Duh1xhAs4I2Zs8mKS89XWXFGp9cs=",
        "DBUS_SESSION_BUS_ADDRESS=unix:abstract=/tmp/dbus-2eolAcRhUB,guid=60877736f02222e9d9fbbb2467ae83cb",
        "password = os.environ['DB_PASSWORD']",
        "def login(self, username: str, password: str) -> Token:",
        "api_key=get_key(name)",
        "password_file=/run/secrets/db",
        "git@github.com:org/repo.git and user@host:~/path",
        "http://localhost:8080/path@v1",
        "TEST-PASS | /css/css-flexbox/gap-004-rl.html | took 192ms",
        "KeyError: 'password'",
        "WARNING: secret scanning found 0 secrets in 12 files",
        "gpg: using RSA key 4AEE18F83AFDEB23",
        "-----BEGIN CERTIFICATE-----\n" + "\n".join(key_lines(9)) + "\n-----END CERTIFICATE-----",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 user@host",
        "AKIAIOSFODNN7EXAMPLE is the id in the manual",
        "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
        "test_opinfo_sample_generators_masked_mean_cpu_float32",
        "tokenizer: bert-base-uncased, session_timeout=3600",
    ],
)
def test_what_only_resembles_a_secret_stays(text: str):
    assert redact(text) == text


@pytest.mark.parametrize("seed", range(12))
def test_redacting_twice_changes_nothing(seed: int):
    chance = random.Random(seed)
    pieces = [
        place.format(row[0] + generated((seed, row[0]), row[1], row[2]))
        for row in TOKENS[::5]
        for place in PLACES
    ]
    pieces += [
        "-----BEGIN RSA PRIVATE KEY-----",
        *key_lines(seed),
        f"password={P}",
        f"Cookie: a={R}; b={R[::-1]}",
        "plain text",
    ]
    chance.shuffle(pieces)

    once = redact("\n".join(pieces))

    assert redact(once) == once
    assert isinstance(once, Redacted)


def test_an_empty_text_stays_empty_and_line_ends_are_kept():
    assert redact("") == ""
    assert redact("a\r\npassword=Xk29!fLq\r\n\r\n\n") == "a\r\npassword=[redacted: password]\r\n\r\n\n"


class Dripping(io.RawIOBase):
    """A stream whose reads end where they are told to."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = list(parts)

    def read(self, size: int = -1, /) -> bytes:
        return self._parts.pop(0) if self._parts else b""


def test_the_edges_of_reads_never_show():
    token = "ghp_" + generated("edge", 36)
    pem = "\n".join(["-----BEGIN PRIVATE KEY-----", *key_lines(5, 1), "-----END PRIVATE KEY-----"])
    data = f"é start\npassword={P} x\n{pem}\nit is {token}\n- name: DB_PASSWORD\n  value: {P}\nend".encode()
    whole = redact(data.decode()).encode()

    for cut in range(1, len(data)):
        parts = [data[:cut], data[cut : cut + 7], data[cut + 7 :]]
        out = io.BytesIO()
        redact_stream(Dripping(*(p for p in parts if p)), out)  # type: ignore[arg-type]
        assert out.getvalue() == whole, cut


@pytest.mark.parametrize("offset", [*range(-60, 12, 3), -LOOKAHEAD, LOOKAHEAD, LOOKAHEAD - 20])
def test_a_secret_at_the_seam_of_a_giant_line_goes(offset: int):
    token = "ghp_" + generated(("seam", offset), 36)
    before = ("word " * PIECE)[: PIECE + offset]
    text = f"{before}password={P} {token} " + "tail " * PIECE

    out = io.BytesIO()
    redact_stream(io.BytesIO(text.encode()), out)

    assert not leaks(token, out.getvalue().decode())
    assert P not in out.getvalue().decode()
    assert out.getvalue().decode() == redact(text)


def test_bytes_that_are_no_text_come_out_as_replacements():
    out = io.BytesIO()

    redact_stream(io.BytesIO(b"ok\xff\xfe \xed\xa0\x80 end\npassword=Xk29!fLq\xff"), out)

    assert out.getvalue().decode().startswith("ok\ufffd\ufffd ")
    assert b"Xk29" not in out.getvalue()
