from __future__ import annotations

import sys
import time

import psutil
import pytest

from gatepost.clients.process import find, run
from gatepost.errors import ConfigError, UpstreamError


def python(code: str, tmp_path, **options):
    return run([sys.executable, "-c", code], cwd=tmp_path, **({"timeout_s": 30} | options))


def test_streams_and_exit_code_are_kept_apart(tmp_path):
    seen: list[bytes] = []

    done = python(
        "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path, on_line=seen.append
    )

    assert (done.exit_code, done.stdout, done.stderr, done.stopped) == (3, b"out\n", b"err\n", "")
    assert sorted(seen) == [b"err\n", b"out\n"]


def test_a_hanging_process_ends_with_its_children(tmp_path):
    code = (
        "import subprocess, sys, time;"
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(c.pid, flush=True); time.sleep(60)"
    )

    done = python(code, tmp_path, timeout_s=2)

    child = int(done.stdout)
    for _ in range(50):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the child of a stopped process still runs")
    assert done.stopped == "timeout"


def test_a_process_that_eats_memory_is_stopped(tmp_path):
    code = "import time; x = bytearray(400_000_000); x[::4096] = b'1' * len(x[::4096]); time.sleep(30)"

    done = python(code, tmp_path, memory_bytes=100_000_000)

    assert done.stopped == "memory"
    assert done.peak_bytes > 100_000_000


def test_a_daemon_left_behind_does_not_hold_us(tmp_path):
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"

    done = python(code, tmp_path, timeout_s=30)

    assert (done.exit_code, done.stopped) == (0, "")


def test_a_program_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ConfigError, match="no-such-program"):
        run(["no-such-program"], cwd=tmp_path, timeout_s=1)
    with pytest.raises(UpstreamError, match="no-such-program is not installed"):
        find("no-such-program", fix="install it")
