from __future__ import annotations

import pytest

from gatepost.clients.argocd import ThroughKubernetes
from gatepost.clients.kubernetes import Kubernetes
from gatepost.clients.workloads import Trouble
from gatepost.gates.handoff.watch import Waiting, Watch
from gatepost.model import Verdict
from tests.servers.cluster import TOKEN, Cluster

OURS, OLD = "b" * 40, "a" * 40
DIGEST = "sha256:" + "d" * 64
PATIENT = Waiting(timeout_s=20, poll_s=0.01, healthy_for_s=0.05, degraded_for_s=0.05, unexplained_for_s=0.5)


@pytest.fixture
def cluster():
    with Cluster() as server:
        yield server
        assert server.faults == []


def state(cluster: Cluster, sync: str, health: str, revision: str = OURS, **more: object) -> None:
    cluster.application(
        sync={"status": sync, "revision": revision},
        health={"status": health, "message": more.pop("message", "")},
        **more,
    )


def settle(
    cluster: Cluster, waiting: Waiting = PATIENT, *reasons: str, image: str = f"x@{DIGEST}"
) -> Verdict:
    watch = Watch(
        argocd=ThroughKubernetes(cluster=Kubernetes(url=cluster.url, token=TOKEN)),
        application="churn", namespace="argocd",
        includes=lambda revision: revision == OURS, digest=DIGEST,
        reasons=lambda _: (Trouble(text=text, image=image) for text in reasons),
    )  # fmt: skip
    return watch.until_settled(waiting)


def test_synced_and_healthy_at_our_commit_passes(cluster):
    state(cluster, "Synced", "Healthy", OLD)
    state(cluster, "OutOfSync", "Healthy")
    state(cluster, "Synced", "Progressing")
    state(cluster, "Synced", "Healthy")

    verdict = settle(cluster)

    assert verdict.passed
    assert dict(verdict.facts) == {"sync": "Synced", "health": "Healthy", "revision": OURS}


def test_healthy_at_the_commit_before_ours_is_not_enough(cluster):
    state(cluster, "Synced", "Healthy", OLD)

    verdict = settle(cluster, Waiting(timeout_s=0.1, poll_s=0.01))

    assert [f.rule for f in verdict.findings] == ["handoff/not-synced"]
    assert f"still at {OLD[:12]}" in verdict.findings[0].message


def test_degraded_comes_with_the_reason(cluster):
    state(cluster, "Synced", "Degraded", message="deadline exceeded")

    verdict = settle(cluster, PATIENT, "pod p, container c: CrashLoopBackOff")

    (finding,) = verdict.findings
    assert finding.rule == "handoff/degraded"
    assert finding.message == (
        "churn is Synced and Degraded: deadline exceeded; pod p, container c: CrashLoopBackOff"
    )


def test_degraded_for_a_moment_is_waited_out(cluster):
    state(cluster, "Synced", "Degraded")
    state(cluster, "Synced", "Progressing")
    state(cluster, "Synced", "Healthy")

    assert settle(cluster).passed


def test_a_crash_of_the_image_before_is_no_proof_against_ours(cluster):
    for _ in range(20):
        state(cluster, "Synced", "Degraded")
    state(cluster, "Synced", "Healthy")

    assert settle(cluster, PATIENT, "pod old, container c: CrashLoopBackOff", image="x@sha256:eee").passed


def test_degraded_for_long_without_a_crash_stops_too(cluster):
    state(cluster, "Synced", "Degraded")

    (finding,) = settle(cluster).findings

    assert finding.message == "churn is Synced and Degraded"


def test_a_sync_that_failed_is_told_in_argo_cds_words(cluster):
    operation = {"phase": "Failed", "message": "no matches for kind", "syncResult": {"revision": OURS}}
    state(cluster, "OutOfSync", "Healthy", operationState=operation)

    (finding,) = settle(cluster).findings

    assert finding.rule == "handoff/sync-failed"
    assert "no matches for kind" in finding.message


def test_a_failed_sync_of_an_earlier_commit_does_not_count(cluster):
    operation = {"phase": "Failed", "message": "old news", "syncResult": {"revision": OLD}}
    state(cluster, "Synced", "Healthy", operationState=operation)

    assert settle(cluster).passed


def test_still_progressing_when_time_is_up_stops_with_what_is_seen(cluster):
    state(cluster, "Synced", "Progressing", conditions=[{"type": "SyncError", "message": "hook"}])

    (finding,) = settle(cluster, Waiting(timeout_s=0.1, poll_s=0.01), "pod p waits").findings

    assert finding.rule == "handoff/not-healthy"
    assert "Progressing after 0 s: SyncError: hook; pod p waits" in finding.message
