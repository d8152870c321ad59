"""What `make demo` says of a machine before it starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOOK = (
    "from pathlib import Path; from images import Means; "
    "means = Means.look(Path('Dockerfile')); print(means.lacks_build, means.lacks_push, sep='\\n')"
)


def test_a_machine_without_a_builder_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.11-slim\n")

    looked = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT / "scripts" / "demo")},
        capture_output=True,
        text=True,
        check=True,
    )

    build, push = looked.stdout.splitlines()
    assert build == push == "no builder is here (buildah is not installed)"
