"""What strangers send is read within limits, and what is wrong with it is said in one line."""

import io
import json
import stat
import zipfile
import zlib

import pytest

from gatepost.errors import ConfigError, GatepostError, UpstreamError
from gatepost.safety.limits import (
    clip_bytes,
    decode_text,
    one_line,
    read_capped,
    read_json,
    read_xml,
    read_yaml,
    read_zip,
)


def zipped(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, body in entries:
            archive.writestr(zipfile.ZipInfo(name), body, compress_type=compression)
    return target.getvalue()


# --- archives ---------------------------------------------------------------------------------


def test_a_zip_bomb_is_cut_at_the_limit_counted_while_inflating():
    archive = read_zip(zipped(("1_build.txt", b"\0" * 3_000_000)), max_file_bytes=1_000_000)

    assert len(archive.entries[0].body) == 1_000_000
    assert archive.entries[0].truncated_at == 1_000_000
    assert archive.notes == ("1_build.txt: truncated at 1000000 bytes",)


def test_a_header_that_understates_the_size_does_not_widen_the_limit():
    data = bytearray(zipped(("a.txt", b"x" * 100_000)))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark) + offset
        data[at : at + 4] = (10).to_bytes(4, "little")

    archive = read_zip(bytes(data), max_file_bytes=1_000)

    assert all(len(entry.body) <= 1_000 for entry in archive.entries)


def test_the_total_limit_leaves_out_later_files_by_name():
    archive = read_zip(zipped(("a", b"1" * 60), ("b", b"2" * 60), ("c", b"3")), max_total_bytes=100)

    assert [(entry.name, len(entry.body)) for entry in archive.entries] == [("a", 60), ("b", 40)]
    assert archive.notes[-1] == "c: left out, the total limit of 100 bytes is used up"


@pytest.mark.parametrize(("count", "fits"), [(20, True), (21, False)])
def test_the_number_of_entries_is_limited(count: int, fits: bool):
    data = zipped(*((f"{i}.txt", b"x") for i in range(count)))

    if fits:
        assert len(read_zip(data, max_entries=20).entries) == count
    else:
        with pytest.raises(UpstreamError, match=r"holds 21 .*limit is 20"):
            read_zip(data, max_entries=20)


@pytest.mark.parametrize(
    "name", ["../../evil", "/abs/evil", "..\\..\\win", "a/../../b", "C:evil", "C:\\evil"]
)
def test_names_that_leave_the_archive_are_left_out(name: str):
    archive = read_zip(zipped((name, b"x"), ("ok/1_step.txt", b"fine")))

    assert [entry.body for entry in archive.entries] == [b"fine"]
    assert "leads out of the archive" in archive.notes[0]


def test_links_and_nested_archives_are_never_followed():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", zipped(("deep.txt", b"deep")))
        archive.writestr("plain.txt", b"x")

    read = read_zip(target.getvalue())

    assert [entry.name for entry in read.entries] == ["plain.txt"]
    assert read.notes == ("link: left out, a symbolic link", "inner.zip: left out, a nested archive")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_entries_with_one_name_the_first_counts():
    archive = read_zip(zipped(("a.txt", b"first"), ("a.txt", b"second")))

    assert [entry.body for entry in archive.entries] == [b"first"]


def test_names_cannot_start_a_line_or_reorder_it():
    names = [
        entry.name for entry in read_zip(zipped(("a\n::error::x", b""), ("b\u202etxt.exe", b""))).entries
    ]

    assert all("\n" not in name and "\u202e" not in name for name in names)


def test_a_damaged_entry_is_named_and_the_others_are_read():
    data = zipped(("bad.txt", b"first"), ("good.txt", b"second"), compression=zipfile.ZIP_STORED)

    archive = read_zip(data.replace(b"first", b"fjrst", 1))

    assert [entry.name for entry in archive.entries] == ["good.txt"]
    assert archive.notes[0].startswith("bad.txt: damaged")


@pytest.mark.parametrize(
    "data", [b"", b"<html>404</html>", zipped(("a", b"x" * 999))[:-30], b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_archive_gets_one_clear_sentence(data: bytes):
    with pytest.raises(UpstreamError) as caught:
        read_zip(data, what="the log of run 7")

    assert caught.value.what.startswith("the log of run 7")
    assert "\n" not in caught.value.what


# --- documents --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[" * 200_000 + b"]" * 200_000, "deeper than 100 levels"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper than 100 levels"),
        (b'{"a":' + b"9" * 100_000 + b"}", "100000 digits"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":1,"a":2}', "'a' appears twice"),
        (b'{"a":"\xe9"}', "not UTF-8: byte 6 is 0xe9"),
        (b"[1,2]", "array, not an object"),
        (b"null", "null, not an object"),
        (b"", "line 1, column 1"),
        (b'{"a":{"b', "not JSON"),
        (b'{"a":1} {"b":2}', "Extra data at line 1, column 9"),
        (b'{"a":"' + b"x" * 200 + b'"}', "208 bytes long, the limit is 150"),
    ],
)
def test_a_bad_json_document_is_refused_with_what_is_wrong(data: bytes, says: str):
    limit = 150 if says.endswith("150") else 8 << 20

    with pytest.raises(ConfigError) as caught:
        read_json(data, max_bytes=limit)

    assert says in caught.value.what


def test_brackets_inside_strings_do_not_count_as_depth():
    assert read_json(json.dumps({"a": "[{" * 500 + '\\"'}).encode()) == {"a": "[{" * 500 + '\\"'}


def test_a_byte_order_mark_and_half_a_surrogate_are_accepted():
    value = read_json(b'\xef\xbb\xbf{"\\udc00":["\\ud800", {"b":"\\ud83d\\ude00"}]}')

    assert value == {"\ufffd": ["\ufffd", {"b": "\U0001f600"}]}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"image: a\nimage: b\n", "'image' appears twice at line 2, column 1"),
        (b'!!python/object/apply:builtins.str ["x"]\n', "python/object"),
        (b"[" * 200 + b"]" * 200, "deeper than 100 levels at line 1, column 101"),
        (b"a: 1\n b: 2\n", "at line 2"),
        (b"a: &x [1]\nb: [" + b"*x, " * 101 + b"]\n", "more than 100 aliases"),
        (b"a: \x00", "not plain YAML"),
        (b"a: 1\n---\nb: 2\n", "not plain YAML"),
    ],
)
def test_a_bad_yaml_document_is_refused_with_line_and_column(data: bytes, says: str):
    with pytest.raises(ConfigError) as caught:
        read_yaml(data)

    assert says in caught.value.what


def test_aliases_may_not_multiply():
    levels = [b"a: &a [x,x,x,x,x,x,x,x,x]\n"]
    levels += [b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(8)]

    with pytest.raises(ConfigError, match="200000 nodes"):
        read_yaml(b"".join(levels))


def test_merge_keys_may_be_overridden():
    assert read_yaml(b"base: &b {x: 1}\nnext:\n  <<: *b\n  x: 2\n")["next"] == {"x": 2}


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/hostname">]><t>&x;</t>',
        b'<!DOCTYPE l [<!ENTITY a "xxxx"><!ENTITY b "&a;&a;">]><t>&b;</t>',
        b'<!DOCTYPE html SYSTEM "http://127.0.0.1/x.dtd"><t/>',
        b"<t>",
        b"",
    ],
)
def test_xml_with_entities_or_errors_is_refused(data: bytes):
    with pytest.raises(ConfigError):
        read_xml(data)


def test_plain_xml_is_read():
    assert read_xml(b"<suite><case name='x'/></suite>")[0].get("name") == "x"


# --- streams and text --------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "fits"), [(0, True), (100, True), (101, False), (10_000_000, False)])
def test_a_body_is_read_up_to_its_limit_and_no_further(size: int, fits: bool):
    stream = io.BytesIO(b"x" * size)

    if fits:
        assert len(read_capped(stream, 100)) == size
    else:
        with pytest.raises(UpstreamError, match="limit of 100 bytes"):
            read_capped(stream, 100)
        assert stream.tell() <= 101


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfok", "ok"),
        ("error: boom\n".encode("utf-16"), "error: boom\n"),
        ("héé".encode("utf-16-be").join([b"\xfe\xff", b""]), "héé"),
        (b"ok\xff\xc3\x28 end", "ok\ufffd\ufffd( end"),
        (b"a\0b", "a\ufffdb"),
        (b"", ""),
    ],
)
def test_any_bytes_become_text(data: bytes, text: str):
    assert decode_text(data) == text


@pytest.mark.parametrize("limit", range(60))
def test_clipping_keeps_characters_whole_and_stays_below_the_limit(limit: int):
    text = "aé€😀" * 5

    clipped = clip_bytes(text, limit)

    assert len(clipped.encode()) <= limit
    assert clipped == text or "cut" in clipped or text.startswith(clipped)


def test_a_clip_says_how_much_it_dropped():
    clipped = clip_bytes("x" * 1000, 100)

    kept, _, count = clipped.partition("… [cut: ")
    assert len(kept) + int(count.split()[0]) == 1000


def test_a_name_is_shown_on_one_line():
    assert one_line("a\r\n::error::b\x1b[2Jc" + "d" * 300).count("\n") == 0
    assert len(one_line("d" * 300)) == 200


def test_every_limit_is_an_expected_error():
    for read in (read_json, read_yaml, read_xml):
        with pytest.raises(GatepostError):
            read(zlib.compress(b"x" * 100))
