from __future__ import annotations

import pytest

from gatepost.errors import ConfigError, GatepostError, RefusedError, UpstreamError
from tests.flows.handoff_bench import ZERO, Bench, kustomization, open_bench
from tests.servers.manifests import git
from tests.servers.registry import Registry

PRODUCTION = "apps/churn/overlays/production/kustomization.yaml"
STAGING = "apps/churn/overlays/staging/kustomization.yaml"


@pytest.fixture
def registry():
    with Registry() as server:
        yield server
        assert server.faults == []


@pytest.fixture
def bench(tmp_path, registry):
    return open_bench(tmp_path, registry)


def digest_of(text: str) -> str:
    return next(line.split()[1] for line in text.splitlines() if "digest:" in line)


def rollback(bench: Bench, **inputs: str):
    return bench.run(act="rollback", image=f"{bench.registry.host}/acme/churn", **inputs)


def test_one_commit_changes_the_digest_and_carries_the_chain(bench):
    before = bench.staging()

    told = bench.deliver(
        1, model_version="churn/7", training_run="r1", run="https://ci.example/1", run_number="9"
    )

    digest = told["digest"]
    assert told["exit_code"] == 0
    assert bench.staging() == before.replace(ZERO, digest).replace("v0", "v1")
    assert bench.server.subjects() == ["Deliver churn to staging", "Keep manifests here"]
    trailers = git(bench.server.path, "log", "-1", "--format=%(trailers:only)", "main")
    for line in (
        "Gatepost-Action: deliver",
        f"Gatepost-Source: acme/model-source@{bench.commits[1]}",
        "Gatepost-Source-Time: 2025-10-09T08:54:20Z",
        "Gatepost-Run: https://ci.example/1",
        "Gatepost-Run-Number: 9",
        "Gatepost-Training-Run: r1",
        "Gatepost-Model: churn/7",
        f"Gatepost-Image: {bench.reference(1)}",
        f"Gatepost-Digest: {digest}",
    ):
        assert line in trailers.splitlines()
    assert bench.server.tip() == told["commit"]


def test_a_dry_run_shows_the_diff_and_writes_nothing(bench, capsys):
    before = bench.server.tip()

    told = bench.deliver(1, "--dry-run")

    assert told["result"] == "dry-run"
    assert f"+    digest: {told['digest']}" in capsys.readouterr().err
    assert bench.server.tip() == before


def test_a_digest_that_the_registry_does_not_have_is_not_written(bench):
    with pytest.raises(RefusedError, match="has no acme/churn@sha256:111"):
        bench.deliver(1, image=f"{bench.registry.host}/acme/churn:v1@sha256:{'1' * 64}")

    assert bench.server.subjects() == ["Keep manifests here"]


@pytest.mark.parametrize(("mood", "kind"), [("refusing", UpstreamError), ("lying", RefusedError)])
def test_a_registry_that_refuses_or_lies_stops_the_handoff(bench, mood, kind):
    bench.registry.mood = mood

    with pytest.raises(kind):
        bench.deliver(1)

    assert bench.server.subjects() == ["Keep manifests here"]


def test_a_second_run_changes_nothing(bench):
    first = bench.deliver(1)

    second = bench.deliver(1)

    assert (second["result"], second["exit_code"]) == ("unchanged", 0)
    assert bench.server.tip() == first["commit"]


def test_an_older_source_commit_stands_aside_and_says_so(bench):
    newer = bench.deliver(2)

    older = bench.deliver(1)

    assert (older["result"], older["exit_code"]) == ("superseded", 0)
    assert "a descendant of source" in older["findings"][0]["message"]
    assert bench.server.tip() == newer["commit"]


def test_without_the_source_history_the_later_commit_time_wins(bench, tmp_path):
    bench.deliver(2)
    elsewhere = {"source": str(tmp_path)}

    older = bench.deliver(1, source_time="2025-10-09T08:54:20Z", **elsewhere)
    newer = bench.deliver(3, source_time="2025-10-09T10:00:00+00:00", **elsewhere)

    assert (older["result"], newer["result"]) == ("superseded", "written")


def test_of_one_source_commit_the_later_run_wins(bench):
    bench.deliver(1, run_number="5")

    earlier = bench.deliver(1, image=bench.reference(8), run_number="4")
    later = bench.deliver(1, image=bench.reference(9), run_number="6")

    assert (earlier["result"], later["result"]) == ("superseded", "written")


@pytest.mark.parametrize("hook", ["pre-receive", "post-receive"])
def test_a_connection_that_drops_costs_a_pause_and_not_the_version(bench, hook):
    bench.server.hang_up_once(hook)

    told = bench.deliver(1)

    assert (told["result"], told["exit_code"]) == ("written", 0)
    assert bench.server.tip() == told["commit"]
    assert bench.server.subjects() == ["Deliver churn to staging", "Keep manifests here"]


def test_an_overtaken_push_is_planned_again_on_what_came_between(bench, tmp_path):
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", bench.server.url, str(other))
    path = other / STAGING
    path.write_text(path.read_text().replace("images:\n", "images:\n  - {name: sidecar, newTag: v5}\n"))
    git(other, "commit", "-qam", "Add a sidecar")
    git(other, "push", "-q", "origin", "HEAD:refs/heads/waiting")
    bench.server.before_next_push("git update-ref refs/heads/main refs/heads/waiting")

    told = bench.deliver(1)

    assert told["attempts"] == "2"
    assert "sidecar" in bench.staging()
    assert digest_of(bench.staging()) == told["digest"]
    assert bench.server.subjects()[:2] == ["Deliver churn to staging", "Add a sidecar"]


def test_a_person_who_changes_the_same_line_meanwhile_is_not_overwritten(bench, tmp_path):
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", bench.server.url, str(other))
    path = other / STAGING
    path.write_text(path.read_text().replace(ZERO, "sha256:" + "a" * 64))
    git(other, "commit", "-qam", "Hotfix")
    git(other, "push", "-q", "origin", "HEAD:refs/heads/waiting")
    bench.server.before_next_push("git update-ref refs/heads/main refs/heads/waiting")

    with pytest.raises(RefusedError, match="by hand"):
        bench.deliver(1)

    assert bench.server.subjects()[0] == "Hotfix"


def test_a_value_that_a_person_set_after_a_handoff_stays_until_adopted(bench):
    bench.deliver(1)
    bench.server.person(
        "Hold", {STAGING: bench.staging().replace(digest_of(bench.staging()), "sha256:" + "a" * 64)}
    )

    with pytest.raises(RefusedError) as error:
        bench.deliver(2)
    adopted = bench.deliver(2, adopt="true")

    assert "set to 'sha256:aaa" in error.value.what
    assert "by Ada" in error.value.what
    assert adopted["result"] == "written"


def test_a_person_may_move_the_lines_around(bench):
    bench.deliver(1)
    moved = "# moved\n" + bench.staging().replace("images:\n", "images:\n  - {name: sidecar, newTag: v5}\n")
    bench.server.person("Tidy", {STAGING: moved})

    assert bench.deliver(0)["result"] == "superseded"
    assert bench.deliver(2)["result"] == "written"


def test_history_older_than_the_first_fetch_is_found(bench):
    bench.deliver(5)
    for number in range(60):
        bench.server.person(f"Other {number}", {"notes.txt": str(number)})

    assert bench.deliver(4)["result"] == "superseded"


def test_rollback_brings_the_last_good_version_back_and_the_bad_one_does_not_return(bench):
    first, second = bench.deliver(1), bench.deliver(2)

    back = rollback(bench)

    assert (back["digest"], back["previous"]) == (first["digest"], f"{second['digest']}, v2")
    assert back["source"] == bench.commits[1]
    assert digest_of(bench.staging()) == first["digest"]
    with pytest.raises(RefusedError, match="was rolled back"):
        bench.deliver(2)
    assert bench.deliver(3)["result"] == "written"
    assert rollback(bench)["digest"] == first["digest"]


def test_a_second_rollback_goes_further_back(bench):
    oldest = bench.deliver(0)
    bench.deliver(1)
    bench.deliver(2)

    rollback(bench)

    assert rollback(bench)["digest"] == oldest["digest"]


def test_rollback_without_a_past_is_said(bench):
    with pytest.raises(RefusedError, match="no earlier version"):
        rollback(bench)


def test_a_promotion_carries_the_chain_from_staging_to_production(bench):
    staged = bench.deliver(2, model_version="churn/2")

    told = bench.run(
        act="promote",
        image=f"{bench.registry.host}/acme/churn",
        from_environment="staging",
        environment="production",
    )

    assert told["digest"] == staged["digest"]
    assert digest_of(bench.server.show(PRODUCTION).decode()) == staged["digest"]
    assert f"Gatepost-Source: acme/model-source@{bench.commits[2]}" in bench.server.message()
    assert "Gatepost-Model: churn/2" in bench.server.message()
    assert digest_of(bench.staging()) == staged["digest"]


def test_a_promotion_finds_both_ends_in_the_settings(bench):
    paths = {"pre": STAGING, "live": PRODUCTION}
    lines = "".join(f"    {name}: {{path: {path}}}\n" for name, path in paths.items())
    (bench.source / ".gatepost.yml").write_text(f"handoff:\n  targets:\n{lines}")
    staged = bench.deliver(1, environment="pre")
    image = f"{bench.registry.host}/acme/churn"

    bench.run(act="promote", image=image, from_environment="pre", environment="live")

    assert digest_of(bench.server.show(PRODUCTION).decode()) == staged["digest"]


def test_what_no_handoff_wrote_is_not_promoted(bench):
    with pytest.raises(RefusedError, match="its origin is unknown"):
        bench.run(
            act="promote",
            image=f"{bench.registry.host}/acme/churn",
            from_environment="staging",
            environment="production",
        )


def test_a_protected_branch_keeps_the_commit_and_says_where(bench):
    bench.server.protect()

    with pytest.raises(RefusedError) as error:
        bench.deliver(1)

    (kept,) = [name for name in bench.server.branches() if name != "main"]
    assert kept in error.value.what
    assert "GH013" in error.value.what
    assert "pull-request" in error.value.fix
    assert digest_of(bench.staging(at=kept)) != ZERO
    assert digest_of(bench.staging()) == ZERO


def test_two_places_are_refused_and_one_can_be_named(bench):
    with pytest.raises(RefusedError, match="2 places"):
        bench.deliver(1, environment="")

    named = bench.deliver(
        1, environment="", file=PRODUCTION, key='["images",0,"digest"]', value="sha256:" + "b" * 64
    )

    assert named["result"] == "written"
    assert "sha256:bbb" in bench.server.show(PRODUCTION).decode()


def test_the_settings_of_the_source_may_say_where_an_environment_is(bench):
    target = f"{{file: {PRODUCTION}, key: [images, 0, digest]}}"
    (bench.source / ".gatepost.yml").write_text(f"handoff:\n  targets:\n    live: {target}\n")

    bench.deliver(1, environment="live", value="sha256:" + "c" * 64)

    assert "sha256:ccc" in bench.server.show(PRODUCTION).decode()


@pytest.mark.parametrize(
    ("key", "ends"), [("digest", "{digest}"), ("newTag", "v1@{digest}"), ("name", "v1@{digest}")]
)
def test_a_named_value_takes_what_its_key_asks_for(bench, key, ends):
    told = bench.deliver(1, file=STAGING, key=f'["images",0,"{key}"]')

    line = next(part for part in bench.staging().splitlines() if f"{key}: " in part)
    assert line.partition(" #")[0].endswith(ends.format(digest=told["digest"]))


def test_a_target_path_narrows_the_search(bench):
    bench.deliver(1, environment="live", target_path="apps/churn/overlays/production")

    assert ZERO not in bench.server.show(PRODUCTION).decode()
    assert ZERO in bench.staging()


def test_a_symbolic_link_is_never_a_target(bench):
    bench.server.person("Link", {}, links={"apps/link.yaml": f"../{STAGING}"})

    with pytest.raises(ConfigError, match="not a file"):
        bench.deliver(1, file="apps/link.yaml", key='["images",0,"digest"]')


def test_crlf_mode_and_everything_else_survive_the_commit(tmp_path, registry):
    text = ("\ufeff" + kustomization(registry.host)).replace("\n", "\r\n").encode()
    bench = open_bench(
        tmp_path, registry, {STAGING: text, ".gitattributes": "* text=auto eol=lf\n*.yaml -text\n"}
    )

    digest = bench.deliver(1)["digest"]

    assert bench.server.show(STAGING) == text.replace(ZERO.encode(), digest.encode()).replace(b"v0", b"v1")


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"image": "ghcr.io/acme/churn:v1"}, "has no digest"),
        ({"image": "", "name": ""}, "is given"),
        ({"strategy": "slowly"}, "strategy is 'slowly'"),
        ({"canary_steps": "50,10"}, "canary-steps"),
        ({"source_commit": "main"}, "source-commit is 'main'"),
        ({"source_commit": "1" * 40}, "time of source commit"),
        ({"source_time": "yesterday"}, "source-time"),
        ({"file": "a.yaml", "key": "image"}, "key is 'image'"),
        ({"author": "me"}, "author is 'me'"),
        ({"branch": "nope"}, "no branch 'nope'"),
        ({"act": "promote"}, "from-environment"),
        ({"image": "x/y@" + ZERO, "environment": "staging"}, "names x/y"),
        ({"argocd_application": "churn"}, "no way to ask"),
    ],
)
def test_bad_input_ends_in_a_sentence_with_the_fix(bench, inputs, why):
    with pytest.raises(GatepostError) as error:
        bench.deliver(1, **inputs)

    assert why in error.value.what
    assert error.value.fix


def test_a_server_that_is_not_there_is_said(bench, tmp_path):
    with pytest.raises(UpstreamError, match="git could not fetch"):
        bench.deliver(1, manifests=f"file://{tmp_path}/gone.git")
