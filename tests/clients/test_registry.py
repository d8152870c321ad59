from __future__ import annotations

import pytest

from gatepost.clients import registry as client
from gatepost.errors import RefusedError, UpstreamError
from tests.servers.registry import MANIFEST, Registry

LOGIN = ("ada", "correct horse")


@pytest.fixture
def registry():
    with Registry() as server:
        yield server
        assert server.faults == []


def ask(server: Registry, digest: str, **credentials: str) -> str:
    return client.Registry(host=server.host, **credentials).require("acme/churn", digest)


def test_a_manifest_that_is_there_is_read_and_hashed(registry):
    digest = registry.push("acme/churn")

    assert ask(registry, digest) == MANIFEST


def test_a_manifest_of_another_repository_does_not_count(registry):
    digest = registry.push("acme/other")

    with pytest.raises(RefusedError, match="has no acme/churn@"):
        ask(registry, digest)


def test_other_content_under_the_digest_is_refused(registry):
    digest = registry.push("acme/churn")
    registry.mood = "lying"

    with pytest.raises(RefusedError, match="other content"):
        ask(registry, digest)


@pytest.mark.parametrize(("mood", "status"), [("refusing", "403"), ("down", "503")])
def test_a_registry_that_cannot_tell_is_an_error_and_never_a_yes(registry, mood, status):
    digest = registry.push("acme/churn")
    registry.mood = mood

    with pytest.raises(UpstreamError, match=status):
        ask(registry, digest)


@pytest.mark.parametrize("basic", [False, True], ids=["token-service", "password"])
def test_it_logs_in_where_the_registry_asks_for_it(basic):
    with Registry(login=LOGIN, basic=basic) as server:
        digest = server.push("acme/churn")

        assert ask(server, digest, username=LOGIN[0], password=LOGIN[1]) == MANIFEST
        with pytest.raises(UpstreamError, match="401") as error:
            ask(server, digest, username="ada", password="wrong")

    assert "registry-password" in error.value.fix


def test_the_password_goes_to_no_token_service_that_is_neither_https_nor_the_registry():
    with Registry(login=LOGIN) as server, Registry(login=LOGIN) as thief:
        digest = server.push("acme/churn")
        server.realm = f"{thief.url}/token"

        with pytest.raises(UpstreamError, match="neither https nor itself"):
            ask(server, digest, username=LOGIN[0], password=LOGIN[1])

        assert thief.exchanges == []


def test_a_registry_that_is_not_there_is_said():
    with Registry() as server:
        host = server.host

    with pytest.raises(UpstreamError, match="cannot be reached"):
        client.Registry(host=host).require("acme/churn", "sha256:" + "0" * 64)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("docker.io", "https://registry-1.docker.io"),
        ("ghcr.io", "https://ghcr.io"),
        ("localhost:5000", "http://localhost:5000"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("127.0.0.1.example.org", "https://127.0.0.1.example.org"),
    ],
)
def test_only_loopback_is_spoken_to_without_tls(host, url):
    assert client.Registry(host=host).base_url == url
