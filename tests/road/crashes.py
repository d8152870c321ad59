"""Images that crash: kwok runs no container, so the bench says which image would not stay up, and why."""

from __future__ import annotations

import hashlib

from tests.road.kubernetes import Kubernetes

# What a kubelet reports of a container that ended three times: waiting, and why it ended the last time.
STATUS = """
{{ $now := Now }}
conditions:
- {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
- type: Ready
  status: "False"
  reason: ContainersNotReady
  message: "containers with unready status: [{{ range .spec.containers }}{{ .name }}{{ end }}]"
  lastTransitionTime: {{ $now | Quote }}
- {type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 3
  state:
    waiting:
      reason: CrashLoopBackOff
      message: "back-off 40s restarting failed container={{ .name }}"
  lastState:
    terminated:
      exitCode: EXIT_CODE
      reason: Error
      message: MESSAGE
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
{{ end }}
phase: Running
startTime: {{ $now | Quote }}
"""


def crash(kubernetes: Kubernetes, image: str, *, message: str, exit_code: int = 1) -> None:
    """Let every container of an image end with a message, from now on; `image` as the pod names it."""
    name = f"crash-{hashlib.sha256(image.encode()).hexdigest()[:12]}"
    matches = [
        {"key": ".metadata.deletionTimestamp", "operator": "DoesNotExist"},
        {"key": ".status.phase", "operator": "In", "values": ["Pending"]},
        {"key": ".status.podIP", "operator": "Exists"},
        {"key": ".spec.containers.[].image", "operator": "In", "values": [image]},
    ]
    status = STATUS.replace("EXIT_CODE", str(exit_code)).replace("MESSAGE", quoted(message))
    kubernetes.apply(
        {
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": "Stage",
            "metadata": {"name": name},
            "spec": {
                "resourceRef": {"apiGroup": "v1", "kind": "Pod"},
                "selector": {"matchExpressions": matches},
                "weight": 1_000_000,  # against 1 of the stage that makes a pod ready: kwok draws lots
                "next": {
                    "event": {
                        "type": "Warning",
                        "reason": "BackOff",
                        "message": "Back-off restarting failed container",
                    },
                    "statusTemplate": status,
                },
            },
        }
    )


def quoted(text: str) -> str:
    """Write a text so that neither the template nor YAML reads anything into it."""
    inert = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + inert.replace("{{", '{{ "{{" }}') + '"'
