"""Bounded reading of what strangers wrote: archives, documents, streams and text."""

from gatepost.safety.limits.archive import Archive, Entry, read_zip
from gatepost.safety.limits.documents import read_json, read_xml, read_yaml
from gatepost.safety.limits.text import clip_bytes, decode_text, one_line, read_capped

__all__ = [
    "Archive",
    "Entry",
    "clip_bytes",
    "decode_text",
    "one_line",
    "read_capped",
    "read_json",
    "read_xml",
    "read_yaml",
    "read_zip",
]
