"""The whole road on real parts: `make road`."""
