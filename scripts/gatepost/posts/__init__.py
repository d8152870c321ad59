"""Posts: an `Analysis` becomes something a person reads, once per fingerprint."""
