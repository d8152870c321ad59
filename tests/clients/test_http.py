"""The one place where a token, a redirect and a slow service meet."""

from __future__ import annotations

import pytest

from gatepost.clients.http import Http, Limits
from gatepost.errors import UpstreamError
from tests.servers.http import LocalServer, Reply, Request


class Scripted(LocalServer):
    """Answers with what it was given, in order; then with 200."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__()
        self.replies = list(replies)

    def answer(self, request: Request) -> Reply:
        return self.replies.pop(0) if self.replies else Reply(body={"path": request.path})


def http(server: LocalServer, **limits: float) -> Http:
    return Http(base_url=server.url, token="t0p", limits=Limits(**limits))  # type: ignore[arg-type]


def test_the_token_goes_to_the_api_and_never_along_with_a_redirect():
    with Scripted() as storage, Scripted() as api:
        api.replies = [Reply(status=302, headers={"Location": f"{storage.url}/signed?sig=1"})]

        answer = http(api).fetch("GET", "/logs")

        assert answer.ok
        assert api.exchanges[0].request.headers["authorization"] == "Bearer t0p"
        assert "authorization" not in storage.exchanges[0].request.headers


def test_a_netrc_file_decides_nothing(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login mallory password pw\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Scripted() as storage, Scripted() as api:
        api.replies = [Reply(status=302, headers={"Location": f"{storage.url}/signed"})]

        http(api).fetch("GET", "/logs")

        assert api.exchanges[0].request.headers["authorization"] == "Bearer t0p"
        assert "authorization" not in storage.exchanges[0].request.headers


@pytest.mark.parametrize("target", ["http://example.com/log", "ftp://127.0.0.1/log", "file:///etc/passwd"])
def test_a_redirect_to_plain_http_elsewhere_is_not_followed(target):
    with (
        Scripted(Reply(status=302, headers={"Location": target})) as api,
        pytest.raises(UpstreamError, match="neither https nor the same host"),
    ):
        http(api).fetch("GET", "/logs")


def test_a_redirect_that_goes_in_circles_ends():
    with Scripted() as api:
        api.replies = [Reply(status=302, headers={"Location": f"{api.url}/again"})] * 9

        with pytest.raises(UpstreamError, match="redirects more than 3 times"):
            http(api).fetch("GET", "/logs")


def test_a_passing_trouble_is_tried_again():
    with Scripted(Reply(status=502)) as api:
        answer = http(api).fetch("GET", "/thing")

        assert answer.status == 200
        assert len(api.exchanges) == 2


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_write_is_not_repeated_when_it_may_have_been_done(status):
    with Scripted(Reply(status=status)) as api:
        answer = http(api).fetch("POST", "/thing", json={})

        assert answer.status == status
        assert len(api.exchanges) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [403, 429])
def test_a_throttled_request_is_sent_again_after_the_wait_it_was_given(status, method):
    with Scripted(Reply(status=status, headers={"Retry-After": "0"})) as api:
        answer = http(api).fetch(method, "/thing")

        assert answer.status == 200
        assert len(api.exchanges) == 2


def test_an_exhausted_limit_whose_reset_has_passed_is_tried_again():
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000"}
    with Scripted(Reply(status=403, headers=headers)) as api:
        assert http(api).fetch("GET", "/thing").status == 200


def test_a_wait_beyond_the_deadline_is_not_waited():
    with Scripted(Reply(status=429, headers={"Retry-After": "3600"})) as api:
        answer = http(api, deadline_s=5).fetch("GET", "/thing")

        assert answer.status == 429
        assert len(api.exchanges) == 1


def test_a_refusal_without_a_limit_is_not_repeated():
    with Scripted(Reply(status=403, body={"message": "Resource not accessible by integration"})) as api:
        assert http(api).fetch("GET", "/thing").status == 403
        assert len(api.exchanges) == 1


def test_a_body_over_the_limit_is_refused_while_it_is_read():
    with (
        Scripted(Reply(body=b"x" * 3_000_000)) as api,
        pytest.raises(UpstreamError, match="more than 1000 bytes"),
    ):
        Http(base_url=api.url, limits=Limits(body_bytes=1000)).fetch("GET", "/big")


def test_a_broken_connection_says_how_far_it_came():
    with (
        Scripted(Reply(body=b"x" * 3_000_000, cut=1_000_000)) as api,
        pytest.raises(UpstreamError, match="broke off after"),
    ):
        http(api).fetch("GET", "/big")


def test_nobody_listening_is_said_in_a_sentence():
    with Scripted() as api:
        url = api.url
    with pytest.raises(UpstreamError, match="cannot be reached") as caught:
        Http(base_url=url, limits=Limits(deadline_s=1)).fetch("GET", "/")

    assert "network" in caught.value.fix


def test_the_signature_of_a_link_is_not_repeated_in_an_error():
    with Scripted(Reply(body=b"x" * 3_000_000, cut=1_000_000)) as storage, Scripted() as api:
        api.replies = [Reply(status=302, headers={"Location": f"{storage.url}/signed?sig=s3cr3t"})]

        with pytest.raises(UpstreamError) as caught:
            http(api).fetch("GET", "/log")

    assert "s3cr3t" not in str(caught.value)
