"""What a log's structure tells besides its lines."""

from __future__ import annotations

import pytest

from gatepost.evidence.distil import distil


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("##[error]Process completed with exit code 137.", 137),
        ('The command "make" exited with 2.', 2),
        ("ERROR: Job failed: exit code 1", 1),
        ("Error: Process completed with exit code 3.", 3),
        ("make: *** [Makefile:12: all] Error 2", None),
        ("The requested URL returned error: 404", None),
        ("exit code: 0", None),
    ],
)
def test_exit_codes_are_those_a_command_ended_with(line, code):
    assert distil(f"error: no\n{line}\n".encode()).exit_codes == (() if code is None else (code,))


@pytest.mark.parametrize(
    ("line", "path", "number"),
    [
        ('  File "/home/runner/work/shop/shop/src/cart.py", line 14, in total', "src/cart.py", 14),
        ("src/cart.c:14:12: error: 'totla' undeclared", "src/cart.c", 14),
        ("[ERROR] /builds/acme/shop/src/Cart.java:[14,26] cannot find symbol", "src/Cart.java", 14),
        ("src/cart.ts(14,7): error TS2322: no", "src/cart.ts", 14),
        ("src/cart.cpp(14) : error C2065: no", "src/cart.cpp", 14),
        ("error > /builds/acme/shop/src/cart.py(14)total()", "src/cart.py", 14),
        ("error: x at lib/cart.pl line 14.", "lib/cart.pl", 14),
        (r"error: D:\a\shop\shop\src\cart.cs:14 is wrong", "src/cart.cs", 14),
        ("error:   --> src/cart.rs:14:9", "src/cart.rs", 14),
    ],
)
def test_places_are_relative_to_the_repository(line, path, number):
    places = distil(line.encode()).places

    assert (places[0].path, places[0].line) == (path, number)


@pytest.mark.parametrize(
    "line",
    [
        "error: https://acme.dev:8080 is down",
        "error: could not connect to db.prod.internal:5432",
        "error at 10:31:14",
        "error 1.2.3:4",
        "E   assert 5.0 == pytest.approx(5.5)",
        "E   assert total == math.floor(5)",
    ],
)
def test_an_address_a_time_a_version_or_a_call_is_no_place(line):
    assert distil(line.encode()).places == ()


def test_installed_code_comes_after_the_repository_s_own():
    text = 'error\n  File "/usr/lib/python3/json/decoder.py", line 355\n  File "src/cart.py", line 14\n'

    assert [place.path for place in distil(text.encode()).places] == [
        "src/cart.py",
        "/usr/lib/python3/json/decoder.py",
    ]


@pytest.mark.parametrize(
    ("log", "binary"),
    [
        (bytes(range(256)) * 40, True),
        (b"\x7fELF\2\1\1" + bytes(900) + b"\nerror\n", True),
        ("ошибка: нет файла\n".encode("cp1251") * 9, False),
        ("エラー: ファイルがない\n".encode("shift_jis") * 9, False),
        ("error: boom\n".encode("utf-16"), False),
        (b"\x1b[31merror\x1b[0m 10%\r20%\b\b\b30%\n", False),
        (b"error: one stray \0 byte in a line of text\n", False),
        (b"", False),
    ],
)
def test_data_is_told_from_text_in_any_encoding(log, binary):
    assert distil(log).binary is binary


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("##[error]The operation was canceled.", "cancelled"),
        ("##[error]The runner has received a shutdown signal.", "cancelled"),
        ("Error: The job exceeded the maximum execution time of 1h0m0s", "timed_out"),
        ("No output has been received in the last 10m0s", "timed_out"),
        ("The log length has exceeded the limit of 4 MB", "truncated"),
    ],
)
def test_how_it_ended_is_said(line, fact):
    found = distil(f"step one\n{line}\n".encode())

    assert [name for name in ("cancelled", "timed_out", "truncated") if getattr(found, name)] == [fact]


def test_the_failed_step_is_named():
    text = (
        "##[group]Run make lint\n##[endgroup]\nfine\n"
        "##[group]Run make test\n##[endgroup]\nerror: no\n##[error]Process completed with exit code 1.\n"
    )

    assert distil(text.encode()).steps == ("make test",)


def test_the_duration_is_between_first_and_last_stamp():
    text = b"2026-05-01T10:00:00.1Z begin\nno stamp\n2026-05-01T10:02:30.9Z error: end\n"

    assert distil(text).duration_s == 150.0
    assert distil(b"no stamps").duration_s is None
