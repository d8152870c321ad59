"""What distilling promises of any log whatever."""

from __future__ import annotations

import io
import random
import subprocess
import sys

import pytest

from gatepost.evidence.distil import distil
from gatepost.evidence.distil.reader import MAX_LINE_BYTES

FILLER = [f"step {n} of the build went as it should" for n in range(300)]
CAUSE = "src/cart.c:14:12: error: 'totla' undeclared"


def log(*lines: str, before: int = 300) -> bytes:
    return "\n".join([*FILLER[:before], *lines]).encode()


@pytest.mark.parametrize("lines", [1, 5, 60])
@pytest.mark.parametrize("size", [300, 2000, 8192])
def test_the_budgets_hold(lines, size):
    text = log(*(f"{CAUSE} {n} {'very ' * 60}long" for n in range(200)))

    found = distil(text, max_lines=lines, max_bytes=size)

    assert 0 < len(found.lines) <= lines
    assert len("\n".join(line.text for line in found.lines).encode()) <= size
    assert found.dropped_lines == found.total_lines - len(found.lines)


@pytest.mark.parametrize("inside", ["\r", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028"])
def test_only_a_newline_ends_a_line(inside):
    text = log(f"one{inside}line", f"two{inside}lines", CAUSE)

    found = distil(text)

    assert found.total_lines == 303
    assert found.lines[0].number == 303
    assert all(len(line.text.splitlines()) <= 1 for line in found.lines)


def test_a_last_line_without_newline_counts_and_a_last_newline_adds_none():
    assert distil(b"a\nerror: b").total_lines == 2
    assert distil(b"a\nerror: b\n").total_lines == 2


@pytest.mark.parametrize("pieces", [1, 3, 7, 4096])
def test_where_the_pieces_are_cut_makes_no_difference(pieces):
    text = log(CAUSE, "##[error]Process completed with exit code 2.")
    chunks = [text[i : i + pieces] for i in range(0, len(text), pieces)]

    assert distil(chunks) == distil(text) == distil(io.BytesIO(text))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_found_in_single_bytes(codec):
    raw = "error: boom\n".encode(codec)

    assert [line.text for line in distil([bytes([n]) for n in raw]).lines] == ["error: boom"]


def test_what_the_passing_log_has_too_is_no_cause():
    usual = ["ERROR: could not reach the cache in 31 ms, going on", "warning: 3 failures ignored"]
    new = "column `price` holds 14 rows of a kind never seen"
    failing = log(*usual, new, "all done in 4 s", before=200)
    passing = log(*(line.replace("31", "77") for line in usual), "all done in 9 s", before=200)

    alone = distil(failing)
    beside = distil(failing, passing=passing)

    assert alone.lines[0].text == usual[0]
    assert beside.lines[0].text == new


def test_a_step_that_ended_well_ranks_below_the_one_that_failed():
    step = "travis_time:start:0a1b2c3d\r\x1b[0K$ {}"
    text = log(
        step.format("make lint"),
        "error: style of cart.c could not be judged",
        'The command "make lint" exited with 0.',
        step.format("make test"),
        "error: cart adds up wrongly",
        'The command "make test" exited with 1.',
    )

    found = distil(text)

    texts = [line.text for line in found.lines]
    assert texts.index("error: cart adds up wrongly") < texts.index(
        "error: style of cart.c could not be judged"
    )
    assert found.steps == ("make test",)
    assert found.exit_codes == (1,)


def test_a_message_said_a_thousand_times_does_not_hide_one_said_once():
    noise = [f"ERROR: queue 7 is full, dropping message {n}" for n in range(1000)]

    found = distil("\n".join([*noise[:600], "ERROR: schema 12 is unknown", *noise[600:]]).encode())

    assert found.lines[0].text == "ERROR: schema 12 is unknown"


def test_every_failing_test_is_covered_before_any_is_shown_whole():
    blocks = [
        line
        for n in range(12)
        for line in (
            f"--- FAIL: TestCart{chr(65 + n)} (0.00s)",
            *(f"    cart_test.go:{10 * n + i}: got {i}, want {i + 1}" for i in range(20)),
        )
    ]

    kept = {line.text for line in distil(log(*blocks)).lines}

    assert {f"--- FAIL: TestCart{chr(65 + n)} (0.00s)" for n in range(12)} <= kept


def test_the_body_of_a_private_key_is_never_kept():
    key = ["-----BEGIN RSA PRIVATE KEY-----", *("MIIEowIBAAKCAQEA" + "x" * 48 for _ in range(12))]
    text = log("error: deploy failed with this key:", *key, "-----END RSA PRIVATE KEY-----", CAUSE, before=0)

    kept = [line.text for line in distil(text).lines]

    assert CAUSE in kept
    assert not any("MIIE" in line or "PRIVATE KEY" in line for line in kept)


def test_secrets_are_seen_whole_before_lines_are_clipped():
    seen = []
    text = f"error: {'x' * 700} token=abcdef".encode()

    found = distil(
        text, max_bytes=300, redact=lambda line: seen.append(line) or line.replace("abcdef", "***")
    )

    assert seen[0].endswith("token=abcdef")
    assert "abcdef" not in found.lines[0].text
    assert found.lines[0].text.endswith("characters]")


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (b"\xff\xfe" + "error: boom\n".encode("utf-16-le"), "error: boom"),
        (b"\xfe\xff" + "error: boom\n".encode("utf-16-be"), "error: boom"),
        (b"\xef\xbb\xbferror: boom\n", "error: boom"),
        (b"\x1b[31merror\x1b[0m: \x1b]8;;https://x.example\x07boom\x1b]8;;\x07\x9b0m", "error: boom"),
        (b"error: a\0b\0", "error: a b"),
        (b"error: ok\xff\xc3\x28\x90\x80 end", "error: ok\ufffd\ufffd(\ufffd\ufffd end"),
        (b"2026-05-01T10:00:00.1234567Z error: boom", "error: boom"),
        (b"10%\r50%\rerror: boom\r100%\r", "error: boom \u23ce 100%"),
    ],
)
def test_lines_read_as_on_a_terminal(raw, kept):
    assert distil(raw).lines[0].text.rstrip() == kept


@pytest.mark.parametrize("raw", [b"", b"\n\n\n", b" \r\n\t\n", b"\xff\xfe", b"\xef\xbb\xbf"])
def test_a_log_without_text_yields_nothing(raw):
    found = distil(raw)

    assert found.empty
    assert found.places == found.steps == found.exit_codes == found.tools == ()


@pytest.mark.parametrize("seed", range(12))
def test_no_bytes_make_it_fail(seed):
    draw = random.Random(seed)
    alphabet = [bytes([n]) for n in range(256)] + [
        b"error",
        b"\n",
        b"\r",
        b"\x1b[",
        b"\x1b]",
        b"exit code 1",
        b"\xe2\x9c",
    ]
    raw = b"".join(draw.choices(alphabet, k=20_000))

    found = distil(raw, passing=raw[::2], max_lines=20, max_bytes=1500)

    assert found.total_lines == raw.count(b"\n") + (not raw.endswith(b"\n"))
    assert len({line.number for line in found.lines}) == len(found.lines) <= 20
    for line in found.lines:
        assert 1 <= line.number <= found.total_lines
        assert line.text == line.text.encode().decode()
        assert "\x1b" not in line.text
        assert "\n" not in line.text


def test_a_line_of_any_length_is_clipped_with_a_marker():
    found = distil([b"error: ", *[b"x" * 1_000_000] * 5, b"\nok\n"])

    assert found.total_lines == 2
    assert found.lines[0].text.startswith("error: xxx")
    assert found.lines[0].text.endswith(f"[\u2026{MAX_LINE_BYTES} characters]")


STREAMS = {
    "one line without an end": "(b'x' * (1 << 20) for _ in range(200))",
    "all lines alike": "(b'step 1 is done and took 12 ms\\n' * 35_000 for _ in range(70))",
    "every line an error of its own": (
        "((''.join(f'error {n:x} {i:x} at {n * i:x}\\n' for i in range(40_000)))"
        ".translate(str.maketrans('0123456789', 'ghijklmnop')).encode() for n in range(25))"
    ),
}


@pytest.mark.parametrize("stream", STREAMS)
def test_memory_stays_bounded_however_long_the_log(stream):
    code = (
        "import re; from gatepost.evidence.distil import distil\n"
        f"found = distil({STREAMS[stream]})\n"
        # Not ru_maxrss: that begins with what the process that started this one held.
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())\n"
        "print(found.total_lines, int(peak[1]) // 1024)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    total, mebibytes = map(int, done.stdout.split())
    assert total > 0
    assert mebibytes < 256


def test_a_cause_in_the_middle_of_a_long_log_is_found():
    chatter = [f"step {n} of the build wrote {n * 7} files\n".encode() * 200 for n in range(600)]
    chatter.insert(300, b"panic: runtime error: index out of range [3] with length 3\n\tmain.go:14\n")

    found = distil(chatter)

    assert found.total_lines == 120_002
    assert found.lines[0].number == 60_001
    assert [(place.path, place.line) for place in found.places] == [("main.go", 14)]
