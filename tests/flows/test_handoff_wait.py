from __future__ import annotations

import json

import pytest

from gatepost.errors import UpstreamError
from tests.flows.handoff_bench import open_bench
from tests.servers.cluster import TOKEN, Cluster
from tests.servers.registry import Registry


@pytest.fixture
def cluster():
    with Cluster() as server:
        yield server
        assert server.faults == []


@pytest.fixture
def bench(tmp_path, cluster):
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": cluster.url}}],
        "users": [{"name": "u", "user": {"token": TOKEN}}],
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    with Registry() as registry:
        bench = open_bench(tmp_path, registry)
        bench.env = {
            "GATEPOST_KUBECONFIG": str(tmp_path / "kubeconfig"),
            "GATEPOST_ARGOCD_APPLICATION": "churn",
        }
        yield bench


def show(
    cluster: Cluster, revision: str, *, health: str = "Healthy", sync: str = "Synced", **more: object
) -> None:
    cluster.script = []
    cluster.application(sync={"status": sync, "revision": revision}, health={"status": health}, **more)


def test_one_look_is_told_and_stops_nothing(bench, cluster):
    show(cluster, "a" * 40, health="Degraded")

    told = bench.deliver(1)

    assert (told["result"], told["sync"], told["health"]) == ("written", "Synced", "Degraded")
    assert told["exit_code"] == 0
    assert not cluster.asked("PATCH")


def test_a_later_commit_that_holds_ours_counts_as_ours(bench, cluster):
    show(cluster, "a" * 40)
    bench.deliver(1)
    show(cluster, bench.server.person("Later", {"notes.txt": "x"}))

    told = bench.deliver(1, wait="60")

    assert (told["result"], told["sync"], told["health"], told["exit_code"]) == (
        "unchanged",
        "Synced",
        "Healthy",
        0,
    )
    assert len(cluster.asked("PATCH")) == 1


def test_without_the_right_to_refresh_it_waits_all_the_same(bench, cluster, capsys):
    cluster.read_only = True
    show(cluster, bench.server.tip())
    commit = bench.deliver(1)["commit"]
    show(cluster, commit)

    told = bench.deliver(1, wait="60")

    assert (told["health"], told["exit_code"]) == ("Healthy", 0)
    assert "not asked to look at once" in capsys.readouterr().err


def test_a_cluster_that_stays_behind_fails_the_handoff_but_not_the_commit(bench, cluster):
    show(cluster, "a" * 40)

    told = bench.deliver(1, wait="1")

    assert told["exit_code"] == 1
    assert [f["rule"] for f in told["findings"]] == ["handoff/not-synced"]
    assert bench.server.tip() == told["commit"]


def test_a_failed_sync_ends_the_wait_at_once(bench, cluster):
    show(cluster, "a" * 40)
    commit = bench.deliver(1)["commit"]
    operation = {"phase": "Failed", "message": "no matches for kind", "syncResult": {"revision": commit}}
    show(cluster, commit, sync="OutOfSync", operationState=operation)

    told = bench.deliver(1, wait="600")

    assert told["exit_code"] == 1
    assert "no matches for kind" in told["findings"][-1]["message"]


def test_a_cluster_that_does_not_answer_is_an_error_after_the_commit(bench, cluster, tmp_path):
    text = (tmp_path / "kubeconfig").read_text()
    (tmp_path / "kubeconfig").write_text(text.replace(cluster.url, "http://127.0.0.1:9"))

    with pytest.raises(UpstreamError, match="did not answer"):
        bench.deliver(1, wait="60")

    assert bench.server.subjects()[0] == "Deliver churn to staging"
