from __future__ import annotations

import pytest

from gatepost.errors import ConfigError, RefusedError
from tests.flows.handoff_bench import ZERO, open_bench
from tests.servers.registry import Registry

SERVICE = "apps/churn/overlays/staging/service.yaml"
MODE = "serving.kserve.io/deploymentMode"


@pytest.fixture
def registry():
    with Registry() as server:
        yield server


def inference_service(host: str, *, mode: str = "Knative", percent: str = "100") -> str:
    return (
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: churn\n"
        f"  annotations: {{{MODE}: {mode}}}\nspec:\n  predictor:\n"
        f"    canaryTrafficPercent: {percent} # of requests\n"
        f"    containers:\n      - name: kserve-container\n        image: {host}/acme/churn:v0@{ZERO}\n"
    )


def colours(host: str, *, active: str = "blue") -> dict[str, str | bytes]:
    workload = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: churn-{colour}}}\n"
        "spec: {{template: {{spec: {{containers: [{{name: server, image: '{host}/acme/churn:v0'}}]}}}}}}\n"
    )
    service = (
        f"kind: Service\nmetadata: {{name: churn}}\nspec:\n  selector: {{app: churn, colour: {active}}}\n"
    )
    files: dict[str, str | bytes] = {
        f"apps/churn/overlays/staging/{colour}.yaml": workload.format(colour=colour, host=host)
        for colour in ("blue", "green")
    }
    return {**files, SERVICE: service}


def percent(text: bytes) -> str:
    return next(line.split()[1] for line in text.decode().splitlines() if "canaryTrafficPercent" in line)


def test_a_canary_goes_up_in_steps_and_ends(tmp_path, registry):
    bench = open_bench(tmp_path, registry, {SERVICE: inference_service(registry.host)})

    told = bench.deliver(1, strategy="canary", canary_steps="10,50,100")
    seen = [percent(bench.server.show(SERVICE))]
    for _ in range(2):
        advanced = bench.run(act="advance", name="churn", canary_steps="10,50,100")
        seen.append(percent(bench.server.show(SERVICE)))
    last = bench.run(act="advance", name="churn", canary_steps="10,50,100")

    assert told["digest"] in bench.server.show(SERVICE).decode()
    assert seen == ["10", "50", "100"]
    assert advanced["digest"] == told["digest"]
    assert f"Gatepost-Source: acme/model-source@{bench.commits[1]}" in bench.server.message()
    assert last["result"] == "unchanged"


def test_a_rollback_ends_the_canary(tmp_path, registry):
    bench = open_bench(tmp_path, registry, {SERVICE: inference_service(registry.host)})
    good = bench.deliver(1)
    bench.deliver(2, strategy="canary")

    back = bench.run(act="rollback", image=f"{registry.host}/acme/churn")

    assert back["digest"] == good["digest"]
    assert percent(bench.server.show(SERVICE)) == "100"
    assert good["digest"] in bench.server.show(SERVICE).decode()


def test_a_delivery_during_a_canary_is_refused_unless_immediate(tmp_path, registry):
    bench = open_bench(tmp_path, registry, {SERVICE: inference_service(registry.host)})
    bench.deliver(1, strategy="canary")

    with pytest.raises(ConfigError, match=r"canary of churn is under way with 10 %"):
        bench.deliver(2)
    bench.deliver(2, strategy="immediate")

    assert percent(bench.server.show(SERVICE)) == "100"


@pytest.mark.parametrize(
    ("mode", "why"), [("RawDeployment", "in RawDeployment mode"), ("Standard", "in Standard mode")]
)
def test_a_canary_is_refused_where_kserve_would_ignore_it(tmp_path, registry, mode, why):
    bench = open_bench(tmp_path, registry, {SERVICE: inference_service(registry.host, mode=mode)})

    with pytest.raises(RefusedError, match=why) as error:
        bench.deliver(1, strategy="canary")

    assert "second InferenceService" in error.value.fix


def test_the_mode_may_stand_in_a_base_and_must_stand_somewhere(tmp_path, registry):
    overlay = inference_service(registry.host).replace(f"  annotations: {{{MODE}: Knative}}\n", "")
    bench = open_bench(tmp_path, registry, {SERVICE: overlay})
    with pytest.raises(RefusedError, match="does not say its deployment mode"):
        bench.deliver(1, strategy="canary")

    base = f"kind: InferenceService\nmetadata: {{name: churn, annotations: {{{MODE}: Serverless}}}}\n"
    bench.server.person("Say the mode", {"apps/churn/base/service.yaml": base})

    assert bench.deliver(1, strategy="canary")["result"] == "written"


def test_a_canary_needs_its_setting_to_be_there(tmp_path, registry):
    text = inference_service(registry.host).replace("    canaryTrafficPercent: 100 # of requests\n", "")
    bench = open_bench(tmp_path, registry, {SERVICE: text})

    with pytest.raises(RefusedError, match="canaryTrafficPercent"):
        bench.deliver(1, strategy="canary")


def test_blue_green_changes_the_idle_colour_and_then_switches(tmp_path, registry):
    bench = open_bench(tmp_path, registry, colours(registry.host))
    blue = bench.server.show("apps/churn/overlays/staging/blue.yaml")

    told = bench.deliver(1, strategy="blue-green")
    before = bench.server.show(SERVICE).decode()
    bench.run(act="switch", strategy="blue-green", image=f"{registry.host}/acme/churn")

    assert bench.server.show("apps/churn/overlays/staging/blue.yaml") == blue
    assert told["digest"] in bench.server.show("apps/churn/overlays/staging/green.yaml").decode()
    assert bench.server.show(SERVICE).decode() == before.replace("blue", "green")
    assert bench.server.subjects()[0] == "Switch churn in staging"


def test_blue_green_goes_back_by_switching_back(tmp_path, registry):
    bench = open_bench(tmp_path, registry, colours(registry.host))
    bench.deliver(1, strategy="blue-green")
    bench.run(act="switch", strategy="blue-green", name="churn")

    bench.run(act="rollback", strategy="blue-green", name="churn")

    assert "colour: blue" in bench.server.show(SERVICE).decode()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {SERVICE: "kind: Service\nmetadata: {name: churn}\nspec: {selector: {app: blueish}}\n"},
            "one Service",
        ),
        ({"apps/churn/overlays/staging/third.yaml": "image: HOST/acme/churn:v0\n"}, "one green and one blue"),
    ],
)
def test_blue_green_without_two_colours_is_refused(tmp_path, registry, change, why):
    files = colours(registry.host) | {k: v.replace("HOST", registry.host) for k, v in change.items()}
    bench = open_bench(tmp_path, registry, files)

    with pytest.raises((RefusedError, ConfigError), match=why):
        bench.deliver(1, strategy="blue-green")


def test_a_model_without_an_image_is_handed_off_and_rolled_back(tmp_path, registry):
    text = "kind: InferenceService\nmetadata: {name: churn}\nspec: {predictor: {model: {storageUri: s3://m/0}}}\n"
    bench = open_bench(tmp_path, registry, {SERVICE: text})

    told = bench.deliver(1, image="", name="churn", storage_uri="s3://m/1")
    edited = bench.server.show(SERVICE).decode()
    bench.run(act="rollback", name="churn")

    assert told["registry"].startswith("not checked: s3://m/1")
    assert edited == text.replace("s3://m/0", "s3://m/1")
    assert bench.server.show(SERVICE).decode() == text
