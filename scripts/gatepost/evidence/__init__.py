"""Evidence collectors: a `Signal` becomes `Evidence`; read-only, redacted, bounded."""
